// A model as a graph to walk in: who makes and who reads a tensor, what is constant, and what depends on the text ("content").
// Counts its steps, so that a hostile file cannot keep the analysis busy for long.

import { refuse } from '../../core/problem';
import { inferTypes } from '../file/elementTypes';
import type { OnnxModel, OnnxNode } from '../file/model';
import { SideGraph } from '../file/sideGraph';
import type { SmallConstant } from './arrangedConstants';
import { smallConstant } from './constants';
import { linksOf, type Reader } from './links';
import { carriesValues, convolutions, numbersInto, operandSlots, valueNames } from './operations';
import type { Dims } from './shapes/dims';
import { inferShapes } from './shapes/inferShapes';
import { reached, walkUp } from './walk';

const stepLimit = 10_000_000;
const none: readonly Reader[] = [];

export class Graph {
  readonly makers: ReadonlyMap<string, OnnxNode>;
  private readonly readerLists: ReadonlyMap<string, readonly Reader[]>;
  readonly constants: ReadonlySet<string>;
  /** Tensors that depend on the text; filled once the roles of the inputs are known. */
  content: ReadonlySet<string> = new Set();
  readonly types: ReadonlyMap<string, number>;
  readonly shapes: ReadonlyMap<string, Dims>;
  private readonly small = new Map<string, SmallConstant | undefined>();
  private steps = 0;

  /** What the analysis wishes added. */
  readonly sides = new SideGraph();

  constructor(readonly model: OnnxModel) {
    const { makers, readers, constants } = linksOf(model);
    this.makers = makers;
    this.readerLists = readers;
    this.constants = constants;
    this.types = inferTypes(model);
    this.shapes = inferShapes(model, (name) => this.constant(name));
  }

  maker(tensor: string): OnnxNode | undefined {
    return this.makers.get(tensor);
  }

  readers(tensor: string): readonly Reader[] {
    return this.readerLists.get(tensor) ?? none;
  }

  startCounting(): void {
    this.steps = 0;
  }

  /** Counts work; refuses a file that would take too long. */
  spend(steps = 1): void {
    this.steps += steps;
    if (this.steps > stepLimit) refuse('onnxTooLarge', { file: this.model.fileName, reason: 'finding its attention would take too long' });
  }

  isContent(tensor: string): boolean {
    return this.content.has(tensor);
  }

  isConstant(tensor: string): boolean {
    return this.constants.has(tensor);
  }

  /** Numbers of a small constant. */
  constant(name: string): SmallConstant | undefined {
    if (!this.constants.has(name)) return undefined;
    if (!this.small.has(name)) this.small.set(name, smallConstant(this.model, this.makers, name));
    return this.small.get(name);
  }

  /** The one number of a constant of one element (or of equal ones). */
  number(name: string): number | undefined {
    const numbers = this.constant(name)?.numbers;
    const [first] = numbers ?? [];
    return first !== undefined && numbers?.every((value) => value === first) ? first : undefined;
  }

  rank(tensor: string): number | undefined {
    return this.shapes.get(tensor)?.length;
  }

  /** Inputs of the node that depend on the text and whose numbers flow into its output. */
  contentInputs(node: OnnxNode): string[] {
    return valueNames(node).filter((name) => this.content.has(name));
  }

  /** A product of text with a constant: x·W. Gives the place of x. */
  linearSlot(node: OnnxNode): number | undefined {
    const slots = operandSlots(node);
    if (!slots) return undefined;
    const [a, b] = slots.map((slot) => node.inputs[slot] ?? '') as [string, string];
    if (this.content.has(a) && this.constants.has(b)) return slots[0];
    return this.content.has(b) && this.constants.has(a) ? slots[1] : undefined;
  }

  /** A product of two tensors that both depend on the text. */
  isProduct(node: OnnxNode): boolean {
    const slots = operandSlots(node);
    if (!slots) return false;
    return slots.every((slot) => this.content.has(node.inputs[slot] ?? '')) && !convolutions.has(node.op);
  }

  /** Whether `tensor` is made from `from` by way of numbers; looks only at what was computed after `from`. */
  isMadeFrom(tensor: string, from: string): boolean {
    const first = this.maker(from)?.index ?? -1;
    const found = walkUp(this, [tensor], { order: 'depth' }, (node, name, go) => {
      if (name === from) return true;
      if (!node || node.index < first || !carriesValues(node)) return undefined;
      // A sum that a fused operator gives beside its norm is no ancestor itself, its sibling is.
      return node.outputs.includes(from) ? true : go(numbersInto(node));
    });
    return found ?? false;
  }

  /** All tensors made from `tensor` by way of numbers, itself included. */
  descendants(tensor: string): Set<string> {
    return reached(this, [tensor], { order: 'depth' }, (name) =>
      this.readers(name).flatMap(({ node }) => {
        this.spend();
        return carriesValues(node) && numbersInto(node).includes(name) ? node.outputs : [];
      }),
    );
  }

  /** All tensors that flow into `tensor` by way of numbers, itself included. */
  ancestors(tensor: string): Set<string> {
    return reached(this, [tensor], { order: 'depth' }, (name) => {
      const node = this.maker(name);
      return node && carriesValues(node) ? numbersInto(node) : [];
    });
  }

  /** Marks everything that depends on these inputs as content. */
  markContent(sources: Iterable<string>): void {
    const content = new Set(sources);
    for (const node of this.model.nodes) {
      if (!carriesValues(node)) continue;
      if (numbersInto(node).some((name) => content.has(name)))
        for (const [slot, name] of node.outputs.entries()) if (name !== '' && !(node.op.endsWith('EmbedLayerNormalization') && slot === 1)) content.add(name);
    }
    this.content = content;
  }
}
