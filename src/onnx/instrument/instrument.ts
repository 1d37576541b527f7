// The instrumented model: the same graph with more outputs and the side nodes they need, as a small file whose weights lie in the
// original bytes. Without splices no node of the model is rewired, and its own outputs stay as they are.

import { refuse } from '../../core/problem';
import { float32, inferTypes } from '../file/elementTypes';
import { encodeValue, type NodeDraft } from '../file/encode';
import type { OnnxModel } from '../file/model';
import type { AddedNodes } from '../file/sideGraph';
import { encodeModel } from './encodeModel';
import type { Mounted } from './externalise';
import type { Plan, SplicePlace } from './plan';
import { type SplicedGraph, splicedGraph } from './splices';

export interface Instrumented {
  readonly bytes: Uint8Array;
  /** What the runtime must be given beside the bytes. */
  readonly mounted: readonly Mounted[];
  /** Tensor asked for, or what a splice makes of one → output that holds it, as float32. */
  readonly outputs: ReadonlyMap<string, string>;
  /** Of the plan's splices, in their order. */
  readonly places: readonly SplicePlace[];
  /** Outputs of the file that a splice replaces → output that holds what they are now, in their own element type. */
  readonly answers: ReadonlyMap<string, string>;
}

/** A file, and what its analysis wishes added: side nodes for tensors that the graph does not hold as such. */
export interface Source {
  readonly model: OnnxModel;
  readonly added: AddedNodes;
}

interface Outputs {
  readonly names: Map<string, string>;
  readonly casts: NodeDraft[];
  readonly values: Uint8Array[];
}

/** Outputs for these tensors, in float32. */
function outputsOf({ model, added }: Source, wanted: readonly string[], spliced: SplicedGraph, typeOf: (tensor: string) => number | undefined): Outputs {
  const made = new Set([...model.nodes.flatMap((node) => node.outputs), ...spliced.places.map(({ replaced }) => replaced)]);
  const own = new Set(model.outputs.map((output) => output.name));
  const found: Outputs = { names: new Map(), casts: [], values: [] };
  for (const tensor of wanted) {
    const isMade = made.has(tensor) || added.isEdit(tensor) || added.maker(tensor) !== undefined;
    if (typeOf(tensor) === float32 && isMade) {
      found.names.set(tensor, tensor);
      // The runtime cannot infer the types of all optional outputs; for other tensors it knows better than we do.
      const isOptional = added.isEdit(tensor) || added.maker(tensor)?.domain === 'com.microsoft';
      if (!own.has(tensor)) found.values.push(isOptional ? encodeValue(tensor, float32) : encodeValue(tensor));
      continue;
    }
    const name = `inspector/out/${found.names.size}`;
    found.casts.push({ op: 'Cast', inputs: [tensor], outputs: [name], name, attributes: { to: float32 } });
    found.names.set(tensor, name);
    found.values.push(encodeValue(name, float32));
  }
  return found;
}

/** Side nodes read what the model's own nodes read. Problem spliceImpossible: where only some of those read what is replaced. */
function reading(nodes: readonly NodeDraft[], plan: Plan, { everywhere }: SplicedGraph): NodeDraft[] {
  const sometimes = new Set(plan.splices.filter((splice) => splice.readers !== 'all').map((splice) => splice.tensor));
  const torn = nodes.flatMap((node) => node.inputs).find((input) => sometimes.has(input));
  if (torn !== undefined) refuse('spliceImpossible', { tensor: torn, reason: 'what is captured is computed from it beside the graph' });
  return nodes.map((node) => ({ ...node, inputs: node.inputs.map((input) => everywhere.get(input) ?? input) }));
}

/** The model in this form. Tensors that it does not know are left out of `outputs`. Problem spliceImpossible. */
export function instrument({ model, added }: Source, plan: Plan): Instrumented {
  const types = inferTypes(model);
  const spliced = splicedGraph(model, plan.splices, (tensor) => types.get(tensor));
  const replacedTypes = new Map(spliced.places.map(({ replaced, type }) => [replaced, type]));
  const typeOf = (tensor: string) => types.get(tensor) ?? added.typeOf(tensor) ?? replacedTypes.get(tensor);
  const known = new Set([...model.nodes.flatMap((node) => node.outputs), ...model.inputs.map((input) => input.name), ...model.initializers.keys()]);
  const captures = [...new Set(plan.captures)].filter((tensor) => known.has(tensor) || added.has(tensor));
  const { names, casts, values } = outputsOf({ model, added }, [...captures, ...replacedTypes.keys()], spliced, typeOf);
  const answers = new Map(model.outputs.flatMap(({ name }) => (spliced.everywhere.has(name) ? [[name, spliced.everywhere.get(name) as string]] : [])));
  for (const replaced of answers.values()) if (names.get(replaced) !== replaced) values.push(encodeValue(replaced));
  const { nodes, constants, edits } = added.needed(captures);
  const optional = [...edits.map((edit) => edit.tensor), ...nodes.flatMap((node) => (node.domain === 'com.microsoft' ? node.outputs : []))];
  const typed = optional.flatMap((name) => {
    const type = added.typeOf(name);
    return type === undefined || names.get(name) === name ? [] : [encodeValue(name, type)];
  });
  const { between, renames, inputs } = spliced;
  const encoded = encodeModel(model, {
    nodes: [...reading(nodes, plan, spliced), ...casts],
    constants,
    edits,
    outputs: values,
    typed,
    between,
    renames,
    inputs,
  });
  return { ...encoded, outputs: names, places: spliced.places, answers };
}
