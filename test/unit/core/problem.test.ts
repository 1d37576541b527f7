import { describe, expect, it } from 'vitest';
import { outcomeOf, ProblemError, problem, problemCodes, refuse } from '../../../src/core/problem';

describe('the table of problems', () => {
  it.each(problemCodes)('%s is one sentence and a way out', (code) => {
    const row = problem(code);
    expect(row.message).toMatch(/^[A-Z{][^\n]*[.}]$/);
    expect(row.hint).toMatch(/^[A-Z][^\n]*[.)]$/);
    expect([2, 3, 4]).toContain(row.exitStatus);
  });

  it('fills in what it is given and keeps what is missing visible', () => {
    expect(problem('textTooLong', { count: 9, limit: 5 }).message).toBe('The text has 9 tokens; this model takes 5.');
    expect(problem('textTooLong', { count: 9 }).message).toContain('{limit}');
  });

  it.each(problemCodes.filter((code) => code !== 'usage'))('%s: its hint for the editor names no command line without saying so', (code) => {
    const { hint, editorHint = hint } = problem(code);
    expect(editorHint).toMatch(/^[A-Z][^\n]*[.)]$/);
    if (!editorHint.includes('on the command line')) expect(editorHint).not.toMatch(/ --\w|Run `/);
  });

  it('lets no name of a file read as a link', () => {
    const { message } = problem('notOnnx', { file: '[Open](command:workbench.action.quit)', reason: 'see [here](https://x.org)' });
    expect(message).toBe('[Open] (command:workbench.action.quit) is not an ONNX model: see [here] (https://x.org).');
    expect(problem('noSuchVariant', { variant: 'x', available: '[a](b)' }).hint).toBe('It has: [a] (b).');
  });

  it('lets no name of a file command a terminal, break the line, turn the writing or fill the screen', () => {
    const { message } = problem('notOnnx', { file: `a\u001b[31m\n\u202eb${'x'.repeat(10_000)}`, reason: 'no' });
    expect(message).toMatch(/^a \[31m b(x+) … is not an ONNX model: no\.$/);
    expect(message.length).toBeLessThan(700);
  });

  it('turns a refusal into a value and lets other errors pass', async () => {
    const outcome = await outcomeOf(() => refuse('textEmpty'));
    expect(outcome).toEqual({ ok: false, problem: problem('textEmpty') });
    await expect(outcomeOf(() => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug');
    expect(new ProblemError(problem('textEmpty'))).toBeInstanceOf(Error);
  });
});
