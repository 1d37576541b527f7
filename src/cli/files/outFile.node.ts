// Whether a file can be written, asked before the work that fills it. Writes nothing.

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileReason } from '../../core/files/fileReason';
import { refuse } from '../../core/problem';

/** `plain`: only an ordinary file will do, because it is written out of order and moved to its place. Problems: usage, fileNotWritten. */
export async function refuseUnwritable(path: string, option: string, { plain = false } = {}): Promise<void> {
  if (path === '') refuse('usage', { detail: `--${option} is empty.` });
  const refused = (error: unknown) => refuse('fileNotWritten', { path, reason: fileReason(error) });
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : refused(error)));
  if (found?.isDirectory()) refuse('fileNotWritten', { path, reason: 'it is a folder' });
  if (found && plain && !found.isFile()) refuse('fileNotWritten', { path, reason: 'it is no plain file' });
  const folder = dirname(path);
  const missing = (error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? refuse('fileNotWritten', { path, reason: `there is no folder ${folder}` }) : refused(error);
  await access(found && !plain ? path : folder, constants.W_OK).catch(missing);
}
