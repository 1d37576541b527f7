// 100,000 characters are to take less than a second. `npx vitest bench bench/tokenize.bench.ts`

import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { bench, describe } from 'vitest';
import { createTokenizer } from '../src/tokenizer/createTokenizer';
import { tokenizerModule } from '../test/unit/tokenizer/tokenizerModule';

const folder = new URL('../test/oracle/data/tokenizers/', import.meta.url);
const texts = {
  prose: 'Server, can I have the check? Looks like I just crashed the server; it was 12:30 and naïve café talk. 服务器 😀\n'.repeat(1000).slice(0, 100_000),
  'one word': 'a'.repeat(100_000),
  'only spaces': ' '.repeat(100_000),
};

for (const name of readdirSync(folder).filter((entry) => entry.endsWith('-small'))) {
  describe(name, () => {
    const json = gunzipSync(readFileSync(new URL(`${name}/tokenizer.json.gz`, folder)));
    const tokenizer = createTokenizer(tokenizerModule, json);
    bench('load', () => void createTokenizer(tokenizerModule, json), { iterations: 3, time: 0 });
    for (const [label, text] of Object.entries(texts)) {
      bench(`100,000 characters, ${label}`, () => void tokenizer.encode(text), { iterations: 3, time: 0, warmupIterations: 1, warmupTime: 0 });
    }
  });
}
