// `capture`: one run of a text, checked, written tensor by tensor. Nothing is written when an identity fails.

import { failedCheckProblem } from '../core/check';
import type { RunSummary } from '../core/inspection';
import { type CaptureKey, captureName } from '../core/names';
import { type Outcome, ProblemError, refuse } from '../core/problem';
import { floatsOf } from '../core/tensorPack';
import type { Token } from '../core/token';
import { captureList } from './captureRequest';
import type { CommandContext } from './commandContext';
import { loadForCommand } from './loadForCommand.node';
import { type TensorSource, writeSafetensors } from './safetensorsFile.node';

const fileLimitInBytes = 2_000_000_000;

function resultOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  return outcome.value;
}

const idsOf = (tokens: readonly Token[]) => JSON.stringify(tokens.map((token) => token.id));
const spellings = (tokens: readonly Token[]) => JSON.stringify(tokens.map((token) => token.text));
const offsetsOf = (tokens: readonly Token[]) => JSON.stringify(tokens.map((token) => [token.start, token.end]));

function metadataOf(run: RunSummary, modelSha256: string, version: string): Record<string, string> {
  const { source = [], target } = run.tokens;
  return {
    tool: 'transformer-inspector',
    version,
    model_sha256: modelSha256,
    text: run.text,
    ...(run.pair !== null && { pair: run.pair }),
    tokens: spellings(source),
    ids: idsOf(source),
    offsets: offsetsOf(source),
    ...(target &&
      run.target !== null && { target: run.target, target_tokens: spellings(target), target_ids: idsOf(target), target_offsets: offsetsOf(target) }),
    ...(run.truncated && { truncated: JSON.stringify(run.truncated) }),
    badge: run.badge.state,
    checks: JSON.stringify(run.checks),
    generated_ids: '[]',
  };
}

function tensorSource(context: CommandContext, runId: number, key: CaptureKey): TensorSource {
  return {
    name: captureName(key),
    async read() {
      const pack = resultOf(await context.engine.slice({ ...key, runId, pass: 0 }));
      return { dims: pack.headers[0]?.dims ?? [], data: floatsOf(pack, 'values') ?? new Float32Array() };
    },
  };
}

/** Problems: those of loading and running, identityFailed, fileNotWritten. */
export async function captureCommand(context: CommandContext): Promise<void> {
  const { values, engine } = context;
  const out = values.get('out') ?? '';
  const { modelId, description } = await loadForCommand(context, false);
  const target = values.get('target');
  if (description.needsTarget && target === undefined) refuse('targetMissing');
  const { activations, layers, keys } = captureList(description, { activations: values.get('activations'), layers: values.get('layers') });
  const run = resultOf(
    await engine.inspect({
      modelId,
      text: values.get('text') ?? '',
      pair: values.get('pair'),
      target,
      truncate: values.get('truncate') === 'true',
      request: { activations, layers },
      compareOutputs: values.get('no-output-check') !== 'true',
      captureLimitInBytes: fileLimitInBytes,
    }),
  );
  const failed = run.checks.find((check) => check.state === 'failed');
  if (failed) throw new ProblemError(failedCheckProblem(failed));
  await writeSafetensors(
    out,
    keys.map((key) => tensorSource(context, run.runId, key)),
    metadataOf(run, description.sha256, context.version),
  );
  if (run.truncated) context.print(`The text was cut: ${run.truncated.usedTokens} of ${run.truncated.allTokens} tokens were used.\n`);
}
