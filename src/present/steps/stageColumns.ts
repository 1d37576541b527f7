// The columns of the Steps table between q·k and the score: what this model does there, in its own order.

import type { Stage } from '../../core/steps';
import { factorText } from './factorText';

/** What happens to q·k on its way to the score. Factors that follow each other are one column. */
export interface StageColumn {
  readonly op: 'scale' | 'softcap' | 'bias' | 'mask' | 'added';
  /** `÷ √32`, `× 0.125`, `× 1/√32`, `cap 50`, `+ bias` */
  readonly label: string;
  /** [key] the row after it; of a term, what is added to each key, or put in its place. */
  readonly values: Float32Array;
}

const isFactor = ({ op }: Stage) => op === 'multiply' || op === 'divide';
const factorOf = ({ op, by = 1 }: Stage) => (op === 'divide' ? 1 / by : by);

export function columnsOf(stages: readonly Stage[]): StageColumn[] {
  const columns: StageColumn[] = [];
  for (let i = 1; i < stages.length; i++) {
    const stage = stages[i] as Stage;
    const { op, values, terms = values } = stage;
    if (isFactor(stage)) {
      let factor = factorOf(stage);
      while (i + 1 < stages.length && isFactor(stages[i + 1] as Stage)) factor *= factorOf(stages[++i] as Stage);
      columns.push({ op: 'scale', label: factorText(factor, op === 'divide'), values: (stages[i] as Stage).values });
    } else if (op === 'softcap') columns.push({ op, label: `cap ${Number((stage.by ?? 0).toPrecision(4))}`, values });
    else if (op === 'bias') columns.push({ op, label: '+ bias', values: terms });
    else if (op === 'added') columns.push({ op, label: '+ term', values: terms });
    else columns.push({ op: 'mask', label: '+ mask', values: terms });
  }
  return columns;
}

/** Product of all factors, where none comes after a term, and the cap. */
export function scaleOf(stages: readonly Stage[]): { readonly scale?: number; readonly softcap?: number } {
  const softcap = stages.find(({ op }) => op === 'softcap')?.by;
  const firstOther = stages.findIndex((stage, i) => i > 0 && !isFactor(stage));
  const isPlain = stages.length > 0 && (firstOther < 0 || !stages.slice(firstOther).some(isFactor));
  return {
    ...(isPlain && { scale: stages.filter(isFactor).reduce((product, stage) => product * factorOf(stage), 1) }),
    ...(softcap !== undefined && { softcap }),
  };
}
