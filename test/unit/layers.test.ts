// Plants one violation of each rule of the layer table and expects it to be found: proof that the check sees modules at all.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cruiseLayers } from '../../scripts/layers.mjs';
import { root } from '../../scripts/run.mjs';

const files: Record<string, string> = {
  'src/core/word.ts': "export const word = 'word';\n",
  'src/core/upwards.ts': "import type { Way } from '../onnx/way';\nexport type Up = Way;\n",
  'src/onnx/way.ts': "import { word } from '../core/word';\nexport type Way = typeof word;\n",
  'src/onnx/graph/walk.ts': "export { found } from '../sites/found';\n",
  'src/onnx/sites/found.ts': 'export const found = 1;\n',
  'src/onnx/dynamic.ts': "export const late = () => import('../engine/runtime');\n",
  'src/engine/runtime.ts': "import * as ort from 'onnxruntime-web';\nexport const tensor = ort.Tensor;\n",
  'src/models/files.ts': "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
  'src/models/files.node.ts': "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
  'src/present/files.node.ts': "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
  'src/present/node.ts': "import { read } from '../models/files.node';\nexport const same = read;\n",
  'src/present/picture.ts': "import { html } from 'lit';\nexport const picture = html;\n",
  'src/host/activate.ts': "import * as vscode from 'vscode';\nexport const version = vscode.version;\n",
  'src/cli/window.ts': "import * as vscode from 'vscode';\nexport const version = vscode.version;\n",
  'src/protocol/index.ts': 'export const all = 1;\n',
  'src/protocol/api.ts': "export { all } from './index';\n",
  'webview/main.ts': "import { tensor } from '../src/engine/runtime';\nimport { one } from './one';\nexport const drawn = [tensor, one];\n",
  'webview/one.ts': "import type { drawn } from './main';\nexport const one: unknown = {} as typeof drawn;\n",
};

const expected = [
  'src/core/upwards.ts layer-core',
  'src/onnx/dynamic.ts layer-onnx',
  'src/onnx/graph/walk.ts room-onnx-graph',
  'src/models/files.ts node-only-in-node-files',
  'src/present/files.node.ts node-only-in-node-files',
  'src/present/node.ts layer-present',
  'src/present/picture.ts packages-only-at-the-edges',
  'src/cli/window.ts vscode-only-in-host',
  'src/protocol/api.ts no-barrels',
  'webview/main.ts layer-webview',
  'webview/main.ts no-cycles',
];

// Below the repository, so that packages resolve as they do for the product.
let folder: string;
beforeAll(() => {
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  folder = mkdtempSync(path.join(root, '.cache', 'layers-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('finds each planted violation and no other', async () => {
  const { moduleCount, violations } = await cruiseLayers(folder);
  expect(moduleCount).toBe(Object.keys(files).length);
  const found = new Set(violations.map(({ from, rule }) => `${from} ${rule}`));
  expect([...found].sort()).toEqual([...expected].sort());
});
