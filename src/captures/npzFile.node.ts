// Writes NumPy's .npz tensor by tensor: a zip of stored .npy files, one per tensor, and the metadata as metadata.json.
// Sizes and places are 32 bits wide (no ZIP64): the capture's own limit lies below that.

import { Zip, ZipPassThrough } from 'fflate';
import { npyHeader } from './npy';
import { bytesOf, type TensorWriter, type WrittenTensor } from './tensorSource';
import { type WriteAt, writeWhole } from './wholeFile.node';

/** The first day that a zip can name, as NumPy writes it: equal numbers give equal files. */
const noTime = new Date(1980, 0, 1);

class ZipFile {
  private chunks: Uint8Array[] = [];
  private at = 0;
  private readonly zip = new Zip((error, chunk) => {
    if (error) throw error;
    this.chunks.push(chunk);
  });

  constructor(private readonly write: WriteAt) {}

  /** One file of the zip, out of its parts. They are not copied. */
  async add(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const file = new ZipPassThrough(name);
    file.mtime = noTime;
    this.zip.add(file);
    for (const [i, part] of parts.entries()) file.push(part, i === parts.length - 1);
    await this.flush();
  }

  /** The list of what the zip holds closes it. */
  async end(): Promise<void> {
    this.zip.end();
    await this.flush();
  }

  private async flush(): Promise<void> {
    for (const chunk of this.chunks) {
      await this.write(chunk, this.at);
      this.at += chunk.length;
    }
    this.chunks = [];
  }
}

/** Problems: fileNotWritten, and those of the sources. */
export const writeNpz: TensorWriter = (path, sources, metadata) =>
  writeWhole(path, async (write) => {
    const zip = new ZipFile(write);
    const written: WrittenTensor[] = [];
    for (const { name, read } of sources) {
      const { dims, data } = await read();
      await zip.add(`${name}.npy`, [npyHeader(dims), bytesOf(data)]);
      written.push({ name, dims });
    }
    await zip.add('metadata.json', [new TextEncoder().encode(JSON.stringify(metadata))]);
    await zip.end();
    return written;
  });
