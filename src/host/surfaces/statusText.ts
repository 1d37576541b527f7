// The words of the one status bar item: model · layer · head. Pure.

import type { InspectionState } from '../../core/inspection';
import { viewName } from '../../present/heads/headWords';

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
}

/** What the status bar says of the state; undefined before a model was used. */
export function statusTextOf({ subjects, view }: InspectionState): StatusText | undefined {
  const { phase, model, modelLabel, run, problem } = subjects[0];
  const isBusy = phase.name === 'loading' || phase.name === 'running';
  if (!model && !isBusy && !problem) return undefined;
  const icon = isBusy ? '$(loading~spin)' : problem ? '$(warning)' : '$(eye)';
  const name = phase.name === 'loading' ? phase.what : modelLabel;
  const text = [`${icon} ${name}`, ...(run && view ? [viewName(run, view)] : [])].join(' · ');
  return { text, tooltip: problem ? `${problem.message} ${problem.hint}` : 'Transformer Inspector: choose a model' };
}
