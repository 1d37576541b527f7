// What the name of an input says of its role. A name decides nothing alone: it is held against what the graph does with the input.

export type SaidRole = 'tokens' | 'mask' | 'types' | 'tasks' | 'positions' | 'language';

const words: readonly (readonly [SaidRole, RegExp])[] = [
  ['mask', /mask|padding|(^|_)pad$/],
  ['types', /token_?type|segment/],
  ['tasks', /task_?type|(^|_)task/],
  ['positions', /position|(^|_)pos(_|$)/],
  ['language', /lang/],
  ['tokens', /(^|_)ids$|token|^input|(^|_)(src|tgt|source|target|text)(_|$)/],
];

/** `StatefulPartitionedCall/input_mask:0` says `mask`; undefined: the name says nothing. */
export function saidBy(name: string): SaidRole | undefined {
  const plain = name.slice(name.lastIndexOf('/') + 1).replace(/:\d+$/, '');
  const snake = plain.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return words.find(([, pattern]) => pattern.test(snake))?.[0];
}
