import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../src/core/problem';
import type { FolderListing, ListedFile } from '../../../src/models/folderListing';
import { bundledModels, resolveModel } from '../../../src/models/resolveModel';

/** A file system of the given paths; contents by path, else empty. */
function listingOf(paths: readonly string[], contents: Readonly<Record<string, string>> = {}): FolderListing {
  return {
    async list(folder) {
      const prefix = folder === '/' ? '/' : `${folder}/`;
      const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
      if (below.length === 0) return undefined;
      const names = new Map<string, ListedFile>();
      for (const rest of below) {
        const [name = ''] = rest.split('/');
        names.set(name, { name, sizeInBytes: 10, isFolder: rest.includes('/') });
      }
      return [...names.values()];
    },
    readText: async (path) => contents[path],
  };
}

const choices: readonly (readonly [string, readonly string[], { variant?: string; onnxFile?: string }, readonly string[]])[] = [
  ['root', ['model.onnx', 'tokenizer.json'], {}, ['model:model.onnx']],
  ['onnx folder', ['onnx/model.onnx', 'onnx/model_quantized.onnx'], {}, ['model:onnx/model.onnx']],
  ['only a quantised file', ['onnx/model_quantized.onnx'], {}, ['model:onnx/model_quantized.onnx']],
  ['fp16 before int8', ['onnx/model_int8.onnx', 'onnx/model_fp16.onnx'], {}, ['model:onnx/model_fp16.onnx']],
  ['a variant', ['onnx/model.onnx', 'onnx/model_q4f16.onnx', 'onnx/model_q4.onnx'], { variant: 'q4' }, ['model:onnx/model_q4.onnx']],
  [
    'encoder and decoder',
    ['onnx/encoder_model.onnx', 'onnx/decoder_model.onnx', 'onnx/decoder_model_merged.onnx', 'onnx/decoder_with_past_model.onnx'],
    {},
    ['encoder:onnx/encoder_model.onnx', 'decoder:onnx/decoder_model.onnx'],
  ],
  [
    'merged decoder',
    ['onnx/encoder_model.onnx', 'onnx/decoder_model_merged.onnx'],
    {},
    ['encoder:onnx/encoder_model.onnx', 'decoder:onnx/decoder_model_merged.onnx'],
  ],
  [
    'quantised pair',
    ['onnx/encoder_model.onnx', 'onnx/decoder_model.onnx', 'onnx/encoder_model_quantized.onnx', 'onnx/decoder_model_quantized.onnx'],
    { variant: 'quantized' },
    ['encoder:onnx/encoder_model_quantized.onnx', 'decoder:onnx/decoder_model_quantized.onnx'],
  ],
  [
    'the encoder in another variant than the decoder',
    ['onnx/encoder_model_fp16.onnx', 'onnx/decoder_model_merged_q4.onnx'],
    {},
    ['encoder:onnx/encoder_model_fp16.onnx', 'decoder:onnx/decoder_model_merged_q4.onnx'],
  ],
  [
    'a quantised encoder beside a whole decoder',
    ['onnx/encoder_model_quantized.onnx', 'onnx/decoder_model.onnx'],
    {},
    ['encoder:onnx/encoder_model_quantized.onnx', 'decoder:onnx/decoder_model.onnx'],
  ],
  [
    'a variant that only one of the two has',
    ['onnx/encoder_model.onnx', 'onnx/encoder_model_q4.onnx', 'onnx/decoder_model.onnx'],
    { variant: 'q4' },
    ['encoder:onnx/encoder_model_q4.onnx', 'decoder:onnx/decoder_model.onnx'],
  ],
  ['names in capitals', ['Encoder_Model.onnx', 'Decoder_Model.ONNX'], {}, ['encoder:Encoder_Model.onnx', 'decoder:Decoder_Model.ONNX']],
  ['names that differ in one word', ['t5-encoder.onnx', 't5-decoder.onnx'], {}, ['encoder:t5-encoder.onnx', 'decoder:t5-decoder.onnx']],
  ['recurrent', ['onnx/encoder.onnx', 'onnx/decoder_step.onnx'], {}, ['encoder:onnx/encoder.onnx', 'decoderStep:onnx/decoder_step.onnx']],
  ['merged alone', ['onnx/decoder_model_merged.onnx'], {}, ['model:onnx/decoder_model_merged.onnx']],
  ['one file of any name', ['bert.onnx'], {}, ['model:bert.onnx']],
  ['a file by name', ['onnx/model.onnx', 'onnx/model_O2.onnx'], { onnxFile: 'model_O2.onnx' }, ['model:onnx/model_O2.onnx']],
  [
    'a decoder by name brings its encoder',
    ['onnx/encoder_model.onnx', 'onnx/decoder_model.onnx', 'onnx/decoder_model_merged.onnx'],
    { onnxFile: 'onnx/decoder_model_merged.onnx' },
    ['encoder:onnx/encoder_model.onnx', 'decoder:onnx/decoder_model_merged.onnx'],
  ],
];

describe('resolveModel', () => {
  it.each(choices)('%s', async (_name, files, wish, expected) => {
    const source = await resolveModel({ model: '/m', bundledFolder: '/b', ...wish }, listingOf(files.map((file) => `/m/${file}`)));
    expect(source.files.map((file) => `${file.role}:${file.path}`)).toEqual(expected);
  });

  it('finds the tokenizer and the configurations beside a single file or one folder up', async () => {
    const paths = ['/m/tokenizer.json', '/m/config.json', '/m/onnx/model.onnx', '/m/generation_config.json'];
    const listing = listingOf(paths, { '/m/config.json': '{"pad_token_id":3}', '/m/generation_config.json': 'no json' });
    const source = await resolveModel({ model: '/m/onnx/model.onnx', bundledFolder: '/b' }, listing);
    expect(source).toMatchObject({ name: 'model.onnx', root: '/m', tokenizer: 'tokenizer.json', config: { pad_token_id: 3 }, generationConfig: {} });
    expect(source.files).toEqual([{ role: 'model', path: 'onnx/model.onnx', sizeInBytes: 10 }]);
  });

  const tokenizers: readonly (readonly [string, string, readonly string[], string | undefined, string])[] = [
    ['beside a folder of its own name', '/m', ['/m/model.onnx', '/m/tokenizer/tokenizer.json'], 'tokenizer/tokenizer.json', '/m'],
    ['one folder above the folder', '/m/onnx', ['/m/onnx/model.onnx', '/m/tokenizer.json'], 'tokenizer.json', '/m'],
    ['beside the folder of the model', '/m/text_encoder', ['/m/text_encoder/model.onnx', '/m/tokenizer/tokenizer.json'], 'tokenizer/tokenizer.json', '/m'],
    ['nearest to the model', '/m', ['/m/onnx/model.onnx', '/m/onnx/tokenizer.json', '/m/tokenizer.json'], 'onnx/tokenizer.json', '/m'],
    ['not where a folder has its name', '/m', ['/m/model.onnx', '/m/tokenizer.json/x'], undefined, '/m'],
  ];
  it.each(tokenizers)('takes the tokenizer %s', async (_what, model, paths, tokenizer, root) => {
    expect(await resolveModel({ model, bundledFolder: '/b' }, listingOf(paths))).toMatchObject({ root, tokenizer });
  });

  it('names the files of other kinds of tokenizers', async () => {
    const listing = listingOf(['/m/model.onnx', '/m/vocab.txt', '/m/source.spm', '/m/readme.txt']);
    expect((await resolveModel({ model: '/m', bundledFolder: '/b' }, listing)).otherTokenizerFiles).toEqual(['source.spm', 'vocab.txt']);
  });

  const configurations: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
    ['a byte order mark', '\uFEFF{"pad_token_id":3}', { pad_token_id: 3 }],
    ['half a text', '{"pad_token_id":', {}],
    ['a list', '[1]', {}],
    ['sizes of the text part', '{"text_config":{"hidden_size":8,"pad_token_id":1},"pad_token_id":2}', { hidden_size: 8, pad_token_id: 2 }],
  ];
  it.each(configurations)('reads a config.json with %s', async (_what, text, expected) => {
    const listing = listingOf(['/m/model.onnx', '/m/config.json'], { '/m/config.json': text });
    expect((await resolveModel({ model: '/m', bundledFolder: '/b' }, listing)).config).toMatchObject(expected);
  });

  it('knows bundled models by name', async () => {
    const listing = listingOf(['/b/starter/model.onnx', '/b/starter/tokenizer.json', '/b/other/model.onnx']);
    expect((await resolveModel({ model: 'bundled:starter', bundledFolder: '/b' }, listing)).root).toBe('/b/starter');
    expect(await bundledModels('/b', listing)).toEqual(['other', 'starter']);
  });

  const refusals: readonly (readonly [string, string, readonly string[], { variant?: string; onnxFile?: string }])[] = [
    ['modelNotFound', '/none', ['/m/model.onnx'], {}],
    ['modelNotFound', '/m/none.onnx', ['/m/model.onnx'], {}],
    ['modelNotFound', 'bundled:../m', ['/m/model.onnx'], {}],
    ['noOnnxFile', '/m', ['/m/readme.md'], {}],
    ['noSuchVariant', '/m', ['/m/model.onnx'], { variant: 'q4' }],
    ['noSuchOnnxFile', '/m', ['/m/model.onnx'], { onnxFile: 'other.onnx' }],
    ['whichOnnxFile', '/m', ['/m/a.onnx', '/m/b.onnx'], {}],
    ['usage', '', ['/m/model.onnx'], {}],
    ['usage', '/m', ['/m/model.onnx'], { variant: 'q4', onnxFile: 'model.onnx' }],
    ['usage', '/m/model.onnx', ['/m/model.onnx'], { variant: 'q4' }],
  ];
  it.each(refusals)('refuses with %s: %s', async (code, model, paths, wish) => {
    const failure = await resolveModel({ model, bundledFolder: '/b', ...wish }, listingOf(paths)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProblemError);
    expect((failure as ProblemError).problem.code).toBe(code);
  });
});

const besides: readonly (readonly [string, readonly string[], { variant?: string; onnxFile?: string }, readonly string[]])[] = [
  ['text models first', ['onnx/model.onnx', 'onnx/audio_model.onnx', 'onnx/text_model.onnx'], {}, ['onnx/text_model.onnx', 'onnx/audio_model.onnx']],
  ['those of the same variant', ['model.onnx', 'model_q4.onnx', 'text_model_q4.onnx', 'text_model.onnx'], { variant: 'q4' }, ['text_model_q4.onnx']],
  ['none of a pair', ['encoder_model.onnx', 'decoder_model.onnx', 'text_model.onnx'], {}, []],
  ['none where the file was named', ['model.onnx', 'text_model.onnx'], { onnxFile: 'model.onnx' }, []],
  ['but its table', ['decoder_model_merged.onnx', 'text_model.onnx', 'embed_tokens.onnx'], { onnxFile: 'decoder_model_merged' }, ['embed_tokens.onnx']],
  [
    'a table of another variant where its own has none',
    ['onnx/decoder_model_merged_q4.onnx', 'onnx/embed_tokens.onnx', 'onnx/embed_tokens_fp16.onnx', 'onnx/vision_encoder_q4.onnx'],
    {},
    ['onnx/embed_tokens.onnx', 'onnx/vision_encoder_q4.onnx'],
  ],
];
it.each(besides)('other files to try: %s', async (_, paths, request, expected) => {
  const source = await resolveModel({ model: '/m', bundledFolder: '/b', ...request }, listingOf(paths.map((path) => `/m/${path}`)));
  expect((source.alternatives ?? []).map((file) => file.path)).toEqual(expected);
});
