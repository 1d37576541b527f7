// What each input is fed, from its role in the graph and from the configuration, before anything is run. What only a run can show
// stays `assumed`; what nothing can show becomes unknown, with the reason.

import type { GraphInput, InputFill, InputRole } from '../../onnx/facts/inputs';
import { type SaidRole, saidBy } from '../../onnx/roles/inputNames';
import { firstPosition, type PositionHints } from './firstPosition';

/** Tables with more rows than this are none of types or tasks. */
const fewRows = 16;

const plainFills: Readonly<Partial<Record<InputRole, string>>> = {
  tokenIds: 'those of the text',
  decoderTokenIds: "those of the decoder's text",
  pastKeyValue: 'empty: no earlier tokens',
  useCacheBranch: 'false',
  logitsToKeep: '0: all',
  encoderStates: 'what the encoder gives',
  recurrentState: "the encoder's last state, then the state of the step before",
  unused: '0',
};

const unknown = (input: GraphInput, why: string): GraphInput => ({ ...input, role: 'unknown', why });

function withTypes(input: GraphInput): GraphInput {
  return { ...input, role: 'tokenTypeIds', fill: { evidence: 'graph', value: '0, 1: first and second text' } };
}

function withPositions(input: GraphInput, hints: PositionHints): GraphInput {
  const use = input.lookup;
  // What turns queries and keys shows only differences of positions: a run tells.
  if (!use) return { ...input, fill: { evidence: 'assumed', first: 0, value: '0, 1, 2 …' } };
  const { row, evidence, why } = firstPosition(use, hints);
  const first = Math.max(0, row - use.shift);
  return { ...input, role: 'positionIds', fill: { evidence, first, value: `${first}, ${first + 1}, ${first + 2} … (${why})` } };
}

/** An input that picks rows of a further table: which feature it is, by the table's size, the name and the configuration together. */
function settledFeature(input: GraphInput, hints: PositionHints): GraphInput {
  const { config, ownTable } = hints;
  const rows = input.lookup?.rows ?? 0;
  const said: SaidRole | undefined = saidBy(input.name);
  const isSmall = rows > 0 && rows <= fewRows;
  if (said === 'types') return isSmall ? withTypes(input) : unknown(input, `named as token types, it picks from a table of ${rows} rows`);
  if (said === 'tasks') {
    const isKnown = config.task_type_vocab_size === rows || config.use_task_id === true;
    return isKnown && isSmall
      ? { ...input, role: 'taskTypeIds', fill: { evidence: 'configured', value: '0: the task of plain texts' } }
      : unknown(input, `it picks one of ${rows} tasks, and config.json does not say which is meant`);
  }
  if (said === 'language') return unknown(input, `it picks one of ${rows} languages; which one the text is in is not known`);
  const hasOwn = ownTable !== undefined && ownTable !== input.lookup?.table;
  if (hasOwn && (said === 'positions' || !isSmall)) return unknown(input, `it picks from a table of ${rows} rows, and the graph adds positions of its own`);
  if (said === 'positions' || (said !== 'mask' && rows > fewRows && rows !== config.type_vocab_size)) return withPositions(input, hints);
  if (said !== 'mask' && isSmall && (rows === 2 || rows === config.type_vocab_size)) return withTypes(input);
  return unknown(input, `it picks from a table of ${rows} rows that is added to the token rows; of what, nothing says`);
}

const assumedMask: InputFill = { evidence: 'assumed', read: 1, hidden: 0, value: '1 = read' };

function settled(input: GraphInput, hints: PositionHints): GraphInput {
  switch (input.role) {
    case 'feature':
      return settledFeature(input, hints);
    case 'positionIds':
      return withPositions(input, hints);
    case 'textLength':
      return { ...input, fill: { evidence: 'assumed', value: 'the number of tokens' } };
    case 'cachePosition':
      return { ...input, fill: { evidence: 'graph', first: 0, value: '0, 1, 2 …' } };
    case 'attentionMask':
    case 'encoderAttentionMask':
    case 'decoderAttentionMask':
      return { ...input, fill: input.isCounted ? { ...assumedMask, evidence: 'graph' } : assumedMask };
    default: {
      const value = plainFills[input.role];
      return value === undefined ? input : { ...input, fill: { evidence: 'graph', value } };
    }
  }
}

/** Two inputs that are not named and would both be positions (or types) are neither. */
function withoutTwins(inputs: readonly GraphInput[]): GraphInput[] {
  return inputs.map((input) => {
    const isFeature = input.lookup !== undefined && (input.role === 'positionIds' || input.role === 'tokenTypeIds');
    const twins = inputs.filter((other) => other !== input && other.lookup && other.role === input.role);
    return isFeature && twins.length > 0 && saidBy(input.name) === undefined ? unknown(input, 'two inputs could be what it is') : input;
  });
}

export function settleInputs(inputs: readonly GraphInput[], hints: PositionHints): GraphInput[] {
  return withoutTwins(inputs.map((input) => settled(input, hints)));
}
