import { describe, expect, it } from 'vitest';
import type { InspectionState } from '../../../src/core/inspection';
import { questionName } from '../../../src/core/question';
import { pack } from '../../../src/core/tensorPack';
import { AnswersAhead } from '../../../src/host/surfaces/panel/answersAhead';
import type { Reader } from '../../../src/protocol/ask';
import { runOf, viewOf } from '../present/fixtures';

const stateOf = () => ({ subjects: [{ run: runOf() }], view: viewOf(), pointed: null, specialTokens: 'dim' }) as unknown as InspectionState;
const told = () => new Promise((resolve) => setImmediate(resolve));
const numbers = pack([{ name: 'values', dims: [1], data: Float32Array.of(1) }]);

function start() {
  const sent: string[] = [];
  const reader: Reader = { read: async () => ({ ok: true, value: numbers }) };
  const ahead = new AnswersAhead(reader);
  const send = async (state: InspectionState) => {
    ahead.send(state, (question) => sent.push(questionName(question)));
    for (let turn = 0; turn < 5; turn++) await told();
  };
  return { ahead, send, sent };
}

describe('answers ahead', () => {
  it('are those of the picture, sent once for each head and again to another page', async () => {
    const { ahead, send, sent } = start();
    const state = stateOf();
    await send(state);
    const first = sent.length;
    expect(first).toBeGreaterThan(0);
    expect(sent[0]).toContain('encoder.1.self.pattern 1');
    await send({ ...state });
    expect(sent).toHaveLength(first);
    await send({ ...state, view: viewOf({ head: 0 }) });
    expect(sent.slice(first)).toContainEqual(expect.stringContaining('encoder.1.self.pattern 0'));
    const second = sent.length;
    ahead.forget();
    await send(state);
    expect(sent.length).toBeGreaterThan(second);
  });
  it('are none where nothing is shown', async () => {
    const { send, sent } = start();
    await send({ ...stateOf(), view: null });
    expect(sent).toEqual([]);
  });
});
