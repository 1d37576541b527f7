// Records a scene of the gallery from a real run of the engine: `node test/gallery/record.mjs MODEL NAME LABEL TEXT [PAIR] [--input NAME=VALUE]`.
// Everything in the scene (tokens, checks, first sight, numbers) is what the engine answered; needs a built dist/.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startEngine } from '../../src/cli/startEngine.node';
import { captureName, siteName } from '../../src/core/names';
import { type Outcome, ProblemError } from '../../src/core/problem';
import { questionName } from '../../src/core/question';
import type { FirstSight, RunSite, RunSummary } from '../../src/core/run';
import { givenInputsOf } from '../../src/host/inspection/givenTexts';
import { folderListing } from '../../src/models/folderListing.node';
import { resolveModel } from '../../src/models/resolveModel';
import { ask } from '../../src/protocol/ask';
import type { FlatState } from '../support/flatState';

type Stored = Record<string, { dims: readonly number[]; base64: string }>;
type Engine = ReturnType<typeof startEngine>['engine'];

function expected<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  return outcome.value;
}

async function tensorsOf(engine: Engine, run: RunSummary): Promise<Stored> {
  const stored: Stored = {};
  for (const site of run.sites) {
    for (const activation of ['pattern', 'scores'] as const) Object.assign(stored, await tensorOf(engine, run.runId, site, activation));
  }
  return stored;
}

/** Nothing where the engine has no such activation. */
async function tensorOf(engine: Engine, runId: number, { tower, layer, kind }: RunSite, activation: 'pattern' | 'scores'): Promise<Stored> {
  const outcome = await ask(engine, { of: 'activation', runId, tower, layer, kind, activation });
  if (!outcome.ok) return {};
  const { headers, buffer } = outcome.value;
  const header = headers.find((one) => one.name === 'values');
  if (!header) return {};
  return {
    [captureName({ tower, layer, kind, activation })]: {
      dims: header.dims,
      base64: Buffer.from(buffer, header.byteOffset, header.byteLength).toString('base64'),
    },
  };
}

/** The steps of every head of the site that is shown first, at the focus, and what they add: name of the question → pack. */
async function packsOf(engine: Engine, runId: number, { site, focus }: FirstSight, headCount: number): Promise<object> {
  const stored: Record<string, object> = {};
  for (let head = 0; head < headCount; head++) {
    const question = { of: 'steps', runId, tower: site.tower, layer: site.layer, kind: site.kind, head, query: focus } as const;
    const { headers, buffer } = expected(await ask(engine, question));
    stored[questionName(question)] = { headers, base64: Buffer.from(buffer).toString('base64') };
  }
  const question = { of: 'headOutputs', runId, tower: site.tower, layer: site.layer, kind: site.kind, query: focus } as const;
  const { headers, buffer } = expected(await ask(engine, question));
  stored[questionName(question)] = { headers, base64: Buffer.from(buffer).toString('base64') };
  return stored;
}

async function record(words: readonly string[]): Promise<void> {
  const at = words.indexOf('--input');
  const [model = '', name = '', label = '', text = '', pair] = at < 0 ? words : words.slice(0, at);
  const [input, value = ''] = at < 0 ? [] : (words[at + 1] ?? '').split('=');
  const given = input === undefined ? {} : { [input]: value };
  const { engine } = startEngine(resolve('dist'));
  const source = await resolveModel({ model: model.startsWith('bundled:') ? model : resolve(model), bundledFolder: resolve('models') }, folderListing);
  const { modelId, description } = expected(await engine.load({ source, threads: 0, memoryLimitInBytes: 2 ** 29, inputs: givenInputsOf(given) }));
  const summary = expected(await engine.inspect({ modelId, text, pair, truncate: true }));
  const firstSight = expected(await ask(engine, { of: 'firstSight', runId: summary.runId }));
  const seen = Date.now();
  const run = { ...summary, firstSight, times: { asked: seen, loaded: seen, run: seen, seen } };
  const { site, head, focus } = firstSight;
  const inspection: FlatState = {
    phase: { name: 'ready' },
    model: description,
    modelLabel: description.name,
    given,
    selection: { text, uri: null, start: 0, label },
    run,
    view: { site, head, focus, isPinned: false, tab: 'map' },
    problem: null,
    specialTokens: 'dim',
  };
  const headCount = run.sites.find((one) => siteName(one) === siteName(site))?.headCount ?? 0;
  const scene = { inspection, tensors: await tensorsOf(engine, run), packs: await packsOf(engine, run.runId, firstSight, headCount) };
  writeFileSync(join('test/gallery/scenes', `${name}.json`), `${JSON.stringify(scene)}\n`);
  console.log(`${name}: ${run.sites.length} sites, ${run.badge.state}`);
}

record(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
