import { describe, expect, it } from 'vitest';
import { headQuestion, type Question, questionName } from '../../../src/core/question';

const site = { tower: 'encoder', layer: 1, kind: 'self' } as const;

describe('questionName', () => {
  const questions: readonly (readonly [string, Question])[] = [
    ['7.0 activation encoder.1.self.pattern 2', headQuestion({ runId: 7 }, site, 'pattern', 2)],
    ['7.0 activation encoder.1.self.pattern mean', headQuestion({ runId: 7 }, site, 'pattern', null)],
    ['7.0 activation encoder.1.self.pattern all', { of: 'activation', runId: 7, ...site, activation: 'pattern' }],
    ['7.3 activation encoder.1.self.pattern 2', headQuestion({ runId: 7, pass: 3 }, site, 'pattern', 2)],
    ['8.0 activation encoder.1.self.pattern 2', headQuestion({ runId: 8 }, site, 'pattern', 2)],
    ['7.0 activation encoder.1.resid_pre all', { of: 'activation', runId: 7, tower: 'encoder', layer: 1, activation: 'resid_pre' }],
    ['7.0 steps encoder.1.self 2 4', { of: 'steps', runId: 7, ...site, head: 2, query: 4 }],
    ['7.0 headOutputs encoder.1.self 4', { of: 'headOutputs', runId: 7, ...site, query: 4 }],
    ['7.0 thumbnails encoder self 32', { of: 'thumbnails', runId: 7, tower: 'encoder', kind: 'self', maxSide: 32 }],
    ['7.0 thumbnails decoder cross 32', { of: 'thumbnails', runId: 7, tower: 'decoder', kind: 'cross', maxSide: 32 }],
    ['7.0 thumbnails encoder self 32 own', { of: 'thumbnails', runId: 7, tower: 'encoder', kind: 'self', maxSide: 32, isOwnScale: true }],
    ['7.0 firstSight [null,null]', { of: 'firstSight', runId: 7 }],
    ['7.0 firstSight [null,null,3,null]', { of: 'firstSight', runId: 7, at: { focus: 3 } }],
    ['7.0 firstSight [null,null,3,"decoder cross"]', { of: 'firstSight', runId: 7, at: { focus: 3, shown: { tower: 'decoder', kind: 'cross' } } }],
    ['7.0 firstSight [4,"a text"]', { of: 'firstSight', runId: 7, caret: 4, previousText: 'a text' }],
  ];
  it.each(questions)('is %s', (name, question) => expect(questionName(question)).toBe(name));

  it('takes the first pass where none is named, and does not mind the order of what is said', () => {
    const { runId, of, ...rest } = headQuestion({ runId: 7, pass: 0 }, site, 'pattern', 2);
    expect(questionName({ ...rest, of, runId })).toBe(questions[0]?.[0]);
  });
});
