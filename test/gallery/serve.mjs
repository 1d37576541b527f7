// `npm run gallery`: builds the panel's bundle and serves recorded scenes with a theme switch on 127.0.0.1, outside VS Code,
// under the same content security policy. `--port N` chooses the port; prints the address.

import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const wanted = process.argv.indexOf('--port');
const types = { '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.ttf': 'font/ttf', '.html': 'text/html' };

const bundle = async (entry) => {
  const result = await build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', target: 'es2022', minify: true, legalComments: 'none' });
  return result.outputFiles[0].contents;
};

const scenes = readdirSync(join(here, 'scenes'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5));
const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Panel gallery</title>
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="codicon.css"><link rel="stylesheet" href="main.css"><link rel="stylesheet" href="themes.css">
</head><body data-scenes="${scenes.join(' ')}"><script src="host.js"></script></body></html>`;
const policy = "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'";

async function answer(path) {
  if (path === '/') return Buffer.from(page);
  if (path === '/main.js') return bundle(join(root, 'webview/main.ts'));
  if (path === '/host.js') return bundle(join(here, 'galleryHost.ts'));
  if (path === '/main.css') return readFileSync(join(root, 'webview/main.css'));
  if (path === '/themes.css') return readFileSync(join(here, 'themes.css'));
  if (/^\/codicon\.(css|ttf)$/.test(path)) return readFileSync(join(root, 'node_modules/@vscode/codicons/dist', path.slice(1)));
  if (/^\/scenes\/\w+\.json$/.test(path)) return readFileSync(join(here, path));
  return undefined;
}

const server = createServer(async (request, response) => {
  const path = new URL(request.url ?? '/', 'http://gallery').pathname;
  try {
    const body = await answer(path);
    response.writeHead(body ? 200 : 404, {
      'content-type': types[extname(path) || '.html'] ?? 'text/plain',
      'content-security-policy': policy,
      'cache-control': 'no-store',
    });
    response.end(body ?? '');
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(wanted > 0 ? Number(process.argv[wanted + 1]) : 0, '127.0.0.1', () => console.log(`Gallery: http://127.0.0.1:${server.address().port}/`));
