// The layer table of ARCHITECTURE.md, on resolved paths, type-only and dynamic imports included. `npm run check` runs it;
// test/unit/layers.test.ts plants violations and expects each of them to be found.

const layers = {
  core: [],
  tokenizer: ['core'],
  onnx: ['core'],
  present: ['core'],
  protocol: ['core'],
  engine: ['core', 'tokenizer', 'onnx', 'protocol', 'present'],
  models: ['core', 'protocol'],
  captures: ['core', 'protocol', 'present'],
  reading: ['core', 'protocol', 'present'],
  host: ['core', 'protocol', 'models', 'captures', 'present', 'reading'],
  cli: ['core', 'protocol', 'models', 'captures', 'present', 'reading', 'engine'],
};
/** Rooms inside a layer: each imports from those named before it only. */
const rooms = {
  onnx: {
    file: [],
    facts: ['file'],
    graph: ['file', 'facts'],
    evaluation: ['file', 'graph'],
    weights: ['file', 'facts', 'graph', 'evaluation'],
    stream: ['file', 'facts', 'graph', 'evaluation'],
    sites: ['file', 'facts', 'graph', 'weights', 'stream'],
    roles: ['file', 'facts', 'graph'],
    layers: ['file', 'facts', 'graph', 'evaluation', 'weights', 'stream', 'sites', 'roles'],
    instrument: ['file', 'facts', 'graph', 'weights', 'stream'],
  },
  engine: {
    tensors: [],
    checks: ['tensors'],
    session: ['tensors', 'checks'],
    inputs: ['session'],
    text: ['session'],
    model: ['checks', 'session', 'text'],
    pass: ['tensors', 'checks', 'session', 'text', 'model'],
    trial: ['tensors', 'checks', 'session', 'text', 'model', 'pass'],
    load: ['session', 'inputs', 'text', 'model', 'pass', 'trial'],
    run: ['tensors', 'checks', 'session', 'inputs', 'text', 'model', 'pass', 'trial'],
    diff: ['tensors', 'checks', 'session', 'text', 'model', 'pass'],
    answers: ['tensors', 'checks', 'text', 'model', 'pass', 'run'],
  },
};
const webview = ['core', 'protocol', 'present', 'reading'];
const src = (names) => `^src/(${names.join('|')})/`;

/** A rule that says what may not be imported, and by whom. */
const never = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    ...Object.entries(layers).map(([layer, allowed]) =>
      never(`layer-${layer}`, { path: `^src/${layer}/` }, { path: '^(src|webview|test|bench|scripts)/', pathNot: src([layer, ...allowed]) }),
    ),
    ...Object.entries(rooms).flatMap(([layer, own]) =>
      Object.entries(own).map(([room, allowed]) =>
        never(
          `room-${layer}-${room}`,
          { path: `^src/${layer}/${room}/` },
          { path: `^src/${layer}/`, pathNot: `^src/${layer}/(${[room, ...allowed].join('|')})/` },
        ),
      ),
    ),
    never('layer-webview', { path: '^webview/' }, { path: '^(src|test|bench|scripts)/', pathNot: src(webview) }),
    never('no-cycles', {}, { circular: true }),
    never('unresolved', { path: '^(src|webview)/' }, { couldNotResolve: true, pathNot: '^vscode$' }),
    never(
      'node-only-in-node-files',
      { path: '^(src|webview)/', pathNot: '^src/(protocol|engine|models|captures|host|cli)/.+\\.node\\.ts$' },
      { dependencyTypes: ['core'], pathNot: '^vscode$' },
    ),
    never('vscode-only-in-host', { path: '^(src/(?!host/)|webview/)' }, { path: '^vscode$' }),
    never('runtime-only-in-engine', { path: '^(src/(?!engine/)|webview/)' }, { path: 'onnxruntime' }),
    never(
      'packages-only-at-the-edges',
      { path: '^src/(core|tokenizer|onnx|present|protocol|models|reading)/' },
      { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    ),
    never('no-dev-packages-in-the-product', { path: '^(src|webview)/' }, { dependencyTypes: ['npm-dev'], pathNot: '^(vscode$|node_modules/@types/)' }),
    never('no-barrels', { path: '^(src|webview)/' }, { path: '/index\\.ts$', pathNot: 'node_modules/' }),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    builtInModules: { add: ['vscode'] },
    enhancedResolveOptions: { conditionNames: ['node', 'import', 'types'], exportsFields: ['exports'] },
  },
};
