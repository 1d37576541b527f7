// `npm run gallery`: builds the panel's bundle and serves recorded scenes with a theme switch on 127.0.0.1, outside VS Code,
// under the same content security policy. `--port N` chooses the port; prints the address. Tests start it by startGallery.

import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const wanted = process.argv.indexOf('--port');
const types = { '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.ttf': 'font/ttf', '.html': 'text/html' };

/** @param {string} entry */
const bundle = async (entry) => {
  const result = await build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', target: 'es2022', minify: true, legalComments: 'none' });
  return result.outputFiles[0]?.contents;
};

const scenes = readdirSync(join(here, 'scenes'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5));
const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Panel gallery</title>
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="codicon.css"><link rel="stylesheet" href="main.css"><link rel="stylesheet" href="themes.css">
</head><body data-scenes="${scenes.join(' ')}"><script src="host.js"></script></body></html>`;
const policy = "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; script-src 'self'; connect-src 'self'";

/** @param {string} path */
async function answer(path) {
  if (path === '/') return Buffer.from(page);
  if (path === '/main.js') return bundle(join(root, 'webview/main.ts'));
  if (path === '/toyViews.js') return bundle(join(here, 'toyViews.ts'));
  if (path === '/host.js') return bundle(join(here, 'galleryHost.ts'));
  if (path === '/main.css') return bundle(join(root, 'webview/main.css'));
  if (path === '/themes.css') return readFileSync(join(here, 'themes.css'));
  if (/^\/codicon\.(css|ttf)$/.test(path)) return readFileSync(join(root, 'node_modules/@vscode/codicons/dist', path.slice(1)));
  if (/^\/scenes\/\w+\.json$/.test(path)) return readFileSync(join(here, path));
  return undefined;
}

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function respond(request, response) {
  const path = new URL(request.url ?? '/', 'http://gallery').pathname;
  const type = types[/** @type {keyof typeof types} */ (extname(path) || '.html')] ?? 'text/plain';
  try {
    const body = await answer(path);
    response.writeHead(body ? 200 : 404, { 'content-type': type, 'content-security-policy': policy, 'cache-control': 'no-store' });
    response.end(body ?? '');
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

/**
 * Serves the gallery on 127.0.0.1.
 * @param {number} [port] 0: any free one
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function startGallery(port = 0) {
  const server = createServer(respond);
  await new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}/`;
  const stop = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve(undefined));
    });
  return { url, stop: /** @type {() => Promise<void>} */ (stop) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startGallery(wanted > 0 ? Number(process.argv[wanted + 1]) : 0);
  console.log(`Gallery: ${url}`);
}
