// Whatever shows the inspection: each surface is given every state, and decides itself what of it is new.

import type { InspectionState } from '../../core/inspection';

export interface Surface {
  show(state: InspectionState): void;
}
