// Attention written out: softmax of a product of two tensors of text, whose result weights a third. All spellings: scale and mask anywhere
// between, rotary encoding, grouped heads, Einsum, transposed order, learned sinks, soft caps.

import type { CaptureRef, TensorRef } from '../facts/captures';
import type { FoundSite, Recognition } from '../facts/foundSite';
import type { ScoreStep } from '../facts/site';
import { float32 } from '../file/elementTypes';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { roundedProducts } from '../graph/operations';
import { nodeName } from '../weights/linear';
import { type Place, withoutZeroKey, zeroKey } from './extraKeys';
import { arrangedAs, beforeFlattening, isFlattened } from './flattened';
import { lowest } from './fused/fusedParts';
import { hiddenTurn, isTurnHidden, type Operand, readOperand } from './operand';
import { findScorePaths, whereScoresEnd } from './scores/scorePath';
import { maskTensors, type ProductReading, readProduct, sizes } from './scores/scoreProduct';
import { alignedTerm } from './scores/scoreTerms';
import { withoutSink } from './sinks';
import type { SoftmaxLike } from './softmax/softmaxLike';
import { axesAtSoftmax, called, findMix, type Mix, maskAfter, mixLetters, whereWeightsGo } from './weightsPath';

/** A rotation between roundings keeps no lengths, so that nothing vouches for what went into it. */
const isRoundedTurn = (operand: Operand) => operand.isRotary && operand.isRounded === true;

/** Why an operand is not given as it is before the rotation. */
function whyNotPlain(operand: Operand, beside: Operand): string | undefined {
  if (isRoundedTurn(operand)) return roundedTurn;
  return isTurnHidden(operand, beside) ? hiddenTurn : undefined;
}

const roundedTurn = 'its numbers are rounded to 8 bits before and after the rotation';

function siteCaptures(scores: CaptureRef, pattern: CaptureRef, reading: ProductReading, mix: Mix): FoundSite['captures'] {
  const { query, key } = reading;
  const letters = mixLetters(mix);
  const isRotary = query.operand.isRotary || key.operand.isRotary;
  return {
    ...(!whyNotPlain(query.operand, key.operand) && { q: [{ tensor: query.operand.plain, axes: query.axes }] }),
    ...(!whyNotPlain(key.operand, query.operand) && { k: [{ tensor: key.operand.plain, axes: key.axes }] }),
    v: [{ tensor: letters.valueName, axes: letters.value }],
    ...(isRotary && { rot_q: [{ tensor: query.operand.rotated, axes: query.axes }], rot_k: [{ tensor: key.operand.rotated, axes: key.axes }] }),
    scores,
    pattern,
    z: [{ tensor: mix.node.outputs[0] as string, axes: letters.z }],
  };
}

const rejectedAs = (softmax: SoftmaxLike, reason: string): Recognition => ({ rejected: { node: nodeName(softmax.node), reason } });

const eightBits = (node: OnnxNode) => `rests on ${called(node)}, a product of 8-bit numbers that is not read; the same model quantised in QDQ form is`;

/** Where the scores come from instead. */
function endOf(graph: Graph, scores: string): string {
  const node = whereScoresEnd(graph, scores);
  if (!node) return '';
  return graph.isProduct(node) ? `: the axes of ${called(node)} cannot be told` : `: they come from ${called(node)}`;
}

/** The scores as if the mask that follows the softmax stood before it. */
function maskedScores(graph: Graph, scores: string, axes: string, kept: string): { readonly scores: string; readonly steps: readonly ScoreStep[] } {
  const { sides } = graph;
  const type = graph.types.get(scores) ?? float32;
  const float = sides.constant([lowest], [], float32);
  const low = type === float32 ? float : sides.add({ op: 'Cast', inputs: [float], attributes: { to: type } }, type);
  return {
    scores: sides.add({ op: 'Where', inputs: [kept, scores, low] }, type),
    steps: [{ op: 'where', condition: alignedTerm(graph, kept, axes, scores), keepWhen: true, otherwise: { value: lowest } }],
  };
}

/** What this softmax is. */
export function decomposedSite(graph: Graph, softmax: SoftmaxLike): Recognition {
  const mix = findMix(graph, softmax.output);
  if (!mix) return rejectedAs(softmax, `weights no second tensor: ${whereWeightsGo(graph, softmax.output)}`);
  if (roundedProducts.has(mix.node.op)) return rejectedAs(softmax, eightBits(mix.node));
  const letters = mixLetters(mix);
  const isFlat = isFlattened(graph, softmax, mix, letters.patternName);
  const scoresAxes = isFlat ? letters.pattern : axesAtSoftmax(graph, mix, letters.pattern);
  if (!scoresAxes) return rejectedAs(softmax, 'is rearranged before it weights anything, in a way that hides its queries and keys');
  const axis = softmax.axis ?? -1;
  const normalised = scoresAxes.at(axis);
  if (normalised !== 'k') return rejectedAs(softmax, 'does not sum to 1 over what it weights');
  const { scores, sink, whyNot } = withoutSink(graph, softmax);
  if (whyNot !== undefined) return rejectedAs(softmax, whyNot);
  const readings = findScorePaths(graph, scores)
    .map((path) => (isFlat ? beforeFlattening(path) : path))
    .map((path) => path && readProduct(graph, path, scoresAxes))
    .filter((one) => one !== undefined);
  // Scores of an earlier attention may be added to those of this one.
  const own = readings.filter(
    (one) => !readings.some((other) => other !== one && graph.isMadeFrom(other.query.operand.source, one.path.product.outputs[0] ?? '')),
  );
  const reading = own.find((one) => one.steps !== undefined) ?? own[0];
  if (!reading) return rejectedAs(softmax, `has scores that come from no product of queries and keys${endOf(graph, scores)}`);
  if (roundedProducts.has(reading.path.product.op)) return rejectedAs(softmax, eightBits(reading.path.product));
  const value = readOperand(graph, letters.valueName);
  const { query, key } = reading;
  const kept = maskAfter(graph, softmax, mix);
  const masked = kept === undefined ? undefined : maskedScores(graph, scores, scoresAxes, kept);
  const shown = isFlat ? arrangedAs(graph, scores, letters.patternName) : (masked?.scores ?? scores);
  const steps = reading.steps && [...reading.steps, ...(masked?.steps ?? [])];
  const isRotary = query.operand.isRotary || key.operand.isRotary;
  const [noQuery, noKey] = [whyNotPlain(query.operand, key.operand), whyNotPlain(key.operand, query.operand)];
  // Weights that are rounded to 8 bits before they mix are no softmax any more; those that a factor changes besides are not what softmax gave.
  const isRounded = mix.path.some((node) => node.op === 'DequantizeLinear') && mix.path.every((node) => node.op !== 'Mul');
  const asMixed: CaptureRef = [{ tensor: letters.patternName, axes: letters.pattern }];
  const whole: CaptureRef = [{ tensor: softmax.output, axes: scoresAxes }];
  const site: FoundSite = {
    at: softmax.node,
    recognisedAs: `${reading.path.product.op} → ${softmax.writtenAs} → ${mix.node.op}`,
    nodes: [reading.path.product, softmax.node, mix.node].map(nodeName),
    captures: siteCaptures([{ tensor: shown, axes: scoresAxes }], isRounded ? whole : asMixed, reading, mix),
    ...(isRounded && { patternAsMixed: asMixed }),
    absent: isRotary
      ? { ...(noQuery && { q: noQuery }), ...(noKey && { k: noKey }) }
      : { rot_q: 'the model has no rotary encoding', rot_k: 'the model has no rotary encoding' },
    kvRepeated: key.operand.isRepeated || value.isRepeated,
    ...(steps ? { scoreSteps: steps } : { whyUnchecked: 'the steps from q·kᵀ to the scores cannot be isolated' }),
    ...(sink && { sink }),
    isRecomputed: false,
    querySource: query.operand.source,
    keySource: key.operand.source,
    valueSource: value.source,
    mixed: mix.node.outputs[0] as string,
    maskTensors: steps && [...maskTensors(graph, reading.path), ...(kept === undefined ? [] : [kept])],
    ...sizes(graph, query.operand.plain, query.axes, isFlat ? letters.patternName : scores, scoresAxes),
  };
  const place = sink || isFlat ? undefined : zeroKeyOf(graph, key, { tensor: letters.valueName, axes: letters.value });
  return { site: place === undefined ? site : withoutZeroKey(graph, site, place) };
}

/** Where a key and a value of zeros stand beside those of the tokens, both at the same place. */
function zeroKeyOf(graph: Graph, key: ProductReading['key'], value: TensorRef): Place | undefined {
  // Before opset 10 a Slice beside the graph would be written otherwise.
  if ((graph.model.opsets.get('') ?? 0) < 10) return undefined;
  const axisIn = (axes: string) => axes.lastIndexOf('k') - axes.length;
  const place = zeroKey(graph, value.tensor, axisIn(value.axes));
  return place !== undefined && zeroKey(graph, key.name, axisIn(key.axes)) === place ? place : undefined;
}
