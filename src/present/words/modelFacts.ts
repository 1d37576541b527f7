// What a model is, in words, from its description: for describe and for the panel's model card.

import { largeFromBytes, memoryEstimateOf } from '../../core/memoryEstimate';
import type { ModelDescription, TowerDescription } from '../../core/modelDescription';

export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
export const megabytes = (bytes: number) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** `548.0 MB, about 1.2 GB of memory`; what a model that is not large takes is not worth a word. */
export function sizeFacts(sizeInBytes: number): string {
  if (sizeInBytes < largeFromBytes) return megabytes(sizeInBytes);
  return `${megabytes(sizeInBytes)}, about ${(memoryEstimateOf(sizeInBytes) / 1e9).toFixed(1)} GB of memory`;
}

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
