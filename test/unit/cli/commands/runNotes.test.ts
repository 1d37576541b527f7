import { expect, it } from 'vitest';
import { diffJson, diffText } from '../../../../src/cli/commands/diffText';
import { runNotes } from '../../../../src/cli/commands/runNotes';
import { unbounded } from '../../../../src/core/check';
import type { ModelDiff } from '../../../../src/core/modelDiff';
import type { RunSummary } from '../../../../src/core/run';

it('says what was not checked, what is unknown, and how much of a text was used', () => {
  const run = {
    badge: { state: 'partly checked', ran: 1, worst: 0, notes: ['scores did not run: a reason'] },
    notes: [{ text: '2 of 3 words are unknown to this model', isWarning: true }],
    truncated: { usedTokens: 96, allTokens: 202, usedCharacters: 600 },
  } as unknown as RunSummary;
  expect(runNotes(run)).toEqual(['scores did not run: a reason', '2 of 3 words are unknown to this model', 'The text was cut: 96 of 202 tokens were used.']);
});

it('gives no number for the difference of tensors that have none', () => {
  const place = { tensor: 'logits', node: 'MatMul', file: 'model.onnx' };
  const diff = { first: place, deviations: [{ ...place, absolute: unbounded, relative: unbounded }], tolerance: 1e-3, sides: [] } as unknown as ModelDiff;
  expect(diffJson(diff)).toMatchObject({ deviations: [{ absolute: null, relative: null }] });
  expect(diffText(diff)).toContain('the shapes differ or one side holds no numbers');
});
