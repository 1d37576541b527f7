// Which outputs of a file are compared with those of the unmodified one.

import { text as textType } from '../../onnx/file/elementTypes';
import type { ValuePart } from '../../onnx/file/messages/parts';
import type { ModelPart } from '../session/modelPart';

/** Texts (labels), sequences, maps and optional values are no numbers to compare. A type that is not declared is none of them. */
function isOfNumbers(output: ValuePart): boolean {
  return output.isTensor && output.type !== textType;
}

/** Outputs that are compared with those of the unmodified model: what the model answers, not its caches. */
export function comparedOutputs(part: ModelPart): string[] {
  const { outputs: all } = part.facts;
  const numbers = new Set(part.content.model.outputs.filter((output) => isOfNumbers(output)).map((output) => output.name));
  const outputs = all.filter((output) => numbers.has(output.name));
  const answers = outputs.filter((output) => output.role !== 'presentKeyValue');
  return (answers.length > 0 ? answers : outputs).map((output) => output.name);
}
