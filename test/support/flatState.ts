// An inspection of one subject as one flat object, as tests say it and as scenes were recorded.

import type { InspectionState } from '../../src/core/inspection';
import type { Subject } from '../../src/core/subject';

export type FlatState = Subject & Omit<InspectionState, 'subjects' | 'pointed'>;

export function flat({ subjects: [subject], view, specialTokens }: InspectionState): FlatState {
  return { ...subject, view, specialTokens };
}

export function unflat({ view, specialTokens, ...subject }: FlatState): InspectionState {
  return { subjects: [subject], view, pointed: null, specialTokens };
}
