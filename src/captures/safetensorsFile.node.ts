// Writes a safetensors file tensor by tensor.

import { headerBytes, headerRoom, type TensorEntry } from './safetensors';
import { bytesOf, type TensorWriter } from './tensorSource';
import { writeWhole } from './wholeFile.node';

/** Problems: fileNotWritten, and those of the sources. */
export const writeSafetensors: TensorWriter = (path, sources, metadata) =>
  writeWhole(path, async (write) => {
    const room = headerRoom(
      sources.map((source) => source.name),
      metadata,
    );
    const entries: TensorEntry[] = [];
    let at = 0;
    for (const { name, read } of sources) {
      const { dims, data } = await read();
      await write(bytesOf(data), 8 + room + at);
      entries.push({ name, dims, start: at, end: at + data.byteLength });
      at += data.byteLength;
    }
    await write(headerBytes(entries, metadata, room), 0);
    return entries;
  });
