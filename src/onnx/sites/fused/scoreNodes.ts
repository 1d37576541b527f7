// The steps from q·kᵀ to the scores as side nodes: what is recomputed beside a fused operator and what is checked come from one list.

import type { Scalar, ScoreStep } from '../../facts/site';
import type { SideBuilder } from './fusedParts';

const scalar = (builder: SideBuilder, by: Scalar): string => ('tensor' in by ? by.tensor : builder.number(by.value));

function after(builder: SideBuilder, scores: string, step: ScoreStep): string {
  switch (step.op) {
    case 'multiply':
      return builder.node('Mul', [scores, scalar(builder, step.by)]);
    case 'divide':
      return builder.node('Div', [scores, scalar(builder, step.by)]);
    case 'softcap': {
      const cap = scalar(builder, step.cap);
      return builder.node('Mul', [builder.node('Tanh', [builder.node('Div', [scores, cap])]), cap]);
    }
    case 'add':
      return builder.node(step.subtract ? 'Sub' : 'Add', [scores, step.term[0]?.tensor ?? '']);
    case 'where': {
      const [condition, otherwise] = [step.condition[0]?.tensor ?? '', scalar(builder, step.otherwise)];
      return builder.node('Where', step.keepWhen ? [condition, scores, otherwise] : [condition, otherwise, scores]);
    }
  }
}

/** What softmax receives, from q·kᵀ; each step's tensors are broadcast as they lie. */
export function scoresAfter(builder: SideBuilder, product: string, steps: readonly ScoreStep[]): string {
  return steps.reduce((scores, step) => after(builder, scores, step), product);
}
