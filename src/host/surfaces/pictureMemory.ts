// Keeps the place of the picture in the workspace's state, so that it can come back after a reload.

import type * as vscode from 'vscode';
import type { InspectionState } from '../../core/inspection';
import type { ModelReference } from '../inspection/inspectionEngine';
import { savedPictureOf } from './savedPicture';
import type { Surface } from './surface';

const pictureKey = 'picture';

export class PictureMemory implements Surface {
  constructor(
    private readonly memory: vscode.Memento,
    /** The model of the picture. */
    private readonly model: () => ModelReference,
  ) {}

  /** What was stored last, of whatever form. */
  get stored(): unknown {
    return this.memory.get(pictureKey);
  }

  show(state: InspectionState): void {
    const picture = savedPictureOf(state, this.model());
    if (picture) void this.memory.update(pictureKey, picture);
  }
}
