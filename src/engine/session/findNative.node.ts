// Where onnxruntime-node lies on this machine: at the path of the user's own settings, beside the product, or installed globally. Never in a
// folder that happens to be open: a library runs as code.

import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

const packageName = 'onnxruntime-node';

export interface NativePackage {
  readonly folder: string;
  readonly version: string;
}

/** node_modules of this machine into which a package manager installs for all. */
function globalFolders(): string[] {
  const bin = path.dirname(process.execPath);
  if (process.platform === 'win32') return [path.join(process.env.APPDATA ?? bin, 'npm', 'node_modules'), path.join(bin, 'node_modules')];
  const common = ['/usr/local/lib/node_modules', '/usr/lib/node_modules', '/opt/homebrew/lib/node_modules'];
  return [path.join(bin, '..', 'lib', 'node_modules'), ...common, path.join(homedir(), '.npm-global', 'lib', 'node_modules')];
}

/** node_modules that a platform's package brings, that of the product, and that in which it is installed itself. */
function besideFolders(productFolder: string): string[] {
  const above = path.dirname(productFolder);
  return [
    path.join(productFolder, 'native', 'node_modules'),
    path.join(productFolder, 'node_modules'),
    ...(path.basename(above) === 'node_modules' ? [above] : []),
  ];
}

/** The package in this folder; undefined where there is none. */
async function packageAt(folder: string): Promise<NativePackage | undefined> {
  const manifest: unknown = await readFile(path.join(folder, 'package.json'), 'utf8').then(JSON.parse, () => undefined);
  if (typeof manifest !== 'object' || manifest === null || !('name' in manifest) || manifest.name !== packageName) return undefined;
  return { folder, version: 'version' in manifest ? String(manifest.version) : 'unknown' };
}

async function firstOf(folders: readonly string[]): Promise<NativePackage | undefined> {
  for (const folder of folders) {
    const found = await packageAt(folder);
    if (found) return found;
  }
  return undefined;
}

/** The package at the path given (the folder itself, or one that it is installed in), or that of the product or of the machine. A version that fits goes first. */
export async function findNative(nativePath: string | undefined, productFolder: string, version: string): Promise<NativePackage | undefined> {
  if (nativePath) {
    const given = absolute(nativePath);
    return firstOf([given, path.join(given, packageName), path.join(given, 'node_modules', packageName)]);
  }
  const folders = [...besideFolders(productFolder), ...globalFolders()].map((folder) => path.join(folder, packageName));
  const all = (await Promise.all(folders.map(packageAt))).filter((one) => one !== undefined);
  return all.find((one) => one.version === version) ?? all[0];
}

const absolute = (given: string) => path.resolve(given.replace(/^~(?=$|[\\/])/, homedir()));

/** Whether there is a folder or a file at all. */
export const isThere = (where: string): Promise<boolean> =>
  stat(absolute(where)).then(
    () => true,
    () => false,
  );
