// What a model is, in words, from its description: for describe and for the panel's model card.

import type { ModelDescription, TowerDescription } from '../core/modelDescription';

export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
export const megabytes = (bytes: number) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** `8.2 MB, float32, opset 17, written by pytorch` */
export function fileFacts({ sizeInBytes, precision, opset, producer }: ModelDescription): string {
  return `${megabytes(sizeInBytes)}, ${precision}, opset ${opset}${producer ? `, written by ${producer}` : ''}`;
}

/** `at most 96 tokens (from the position table), vocabulary of 6000` */
export function textFacts({ tokenLimit, tokenLimitFrom, vocabularySize }: ModelDescription): string {
  const limit = tokenLimit === null ? 'no limit known' : `at most ${tokenLimit} tokens (from the ${tokenLimitFrom})`;
  return `${limit}${vocabularySize === null ? '' : `, vocabulary of ${vocabularySize}`}`;
}

/** `encoder: 4 layers, 4 attentions, recognised as MatMul → Softmax → MatMul` */
export function towerFacts({ tower, layerCount, sites }: TowerDescription): string {
  const ways = [...new Set(sites.map((site) => site.recognisedAs))];
  return `${tower}: ${counted(layerCount, 'layer')}, ${counted(sites.length, 'attention')}, recognised as ${ways.join(' and ')}`;
}

const roleWords: Readonly<Record<string, string>> = {
  tokenIds: 'token ids',
  decoderTokenIds: "the decoder's token ids",
  attentionMask: 'attention mask',
  encoderAttentionMask: "mask of the encoder's tokens",
  textLength: 'number of tokens',
  pairMask: 'mask of queries by keys',
  decoderAttentionMask: "mask of the decoder's tokens",
  tokenTypeIds: 'token types',
  taskTypeIds: 'task types',
  positionIds: 'positions',
  cachePosition: 'positions in the cache',
  pastKeyValue: 'earlier keys and values',
  useCacheBranch: 'switch for earlier keys and values',
  logitsToKeep: 'predictions to keep',
  encoderStates: "the encoder's states",
  recurrentState: 'state of the recurrent layer',
  unused: 'unused',
  unknown: 'unknown',
};

const alike = (name: string) => name.replace(/\d+/g, '…');

/** `attention_mask (attention mask): 1 = read, 0 = padding (tried); joins the scores`. Inputs that differ in a number only come once. */
export function inputFacts({ inputs }: ModelDescription): string[] {
  const kept = inputs.filter((input, i) => inputs.findIndex((other) => alike(other.name) === alike(input.name) && other.role === input.role) === i);
  return kept.map((input) => {
    const count = inputs.filter((other) => alike(other.name) === alike(input.name) && other.role === input.role).length;
    const name = count > 1 ? `${alike(input.name)} (${count})` : input.name;
    const value = input.value ?? 'not known what to feed';
    const trust = input.evidence === 'assumed' ? ' (assumed)' : '';
    return `${name}: ${roleWords[input.role] ?? input.role}; ${value}${trust}; ${input.why}`;
  });
}
