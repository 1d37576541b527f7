// The inputs and attributes of a fused operator, as its recogniser asks for them.

import type { Recognition } from '../../facts/foundSite';
import type { OnnxNode } from '../../file/model';
import { nodeName } from '../../weights/linear';

/** '' where it is left out. */
export const text = (node: OnnxNode, slot: number) => node.inputs[slot] ?? '';
export const int = (node: OnnxNode, name: string) => node.attributes.get(name)?.int;
export const float = (node: OnnxNode, name: string) => node.attributes.get(name)?.float;

export const refused = (node: OnnxNode, reason: string): Recognition => ({ rejected: { node: nodeName(node), reason } });
