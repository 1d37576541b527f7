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

  it('turns a refusal into a value and lets other errors pass', async () => {
    const outcome = await outcomeOf(() => refuse('textEmpty'));
    expect(outcome).toEqual({ ok: false, problem: problem('textEmpty') });
    await expect(outcomeOf(() => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug');
    expect(new ProblemError(problem('textEmpty'))).toBeInstanceOf(Error);
  });
});
