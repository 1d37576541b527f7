// Sessions of single layers of one file, kept for the next text where the file is small: making one costs more than running it.

import type { Linear } from '../../onnx/facts/linear';
import type { LetteredTensor } from '../tensors/canonical';
import type { PartContent } from './partContent';
import type { PartSessions } from './partSessions';
import { type LayerSession, layerSession } from './readProjection';

/** Weights of these layers are in the runtime's memory twice. */
const keptSizeInBytes = 150_000_000;

export class LayerSessions {
  private readonly kept = new Map<Linear, Promise<LayerSession | undefined>>();

  constructor(
    private readonly content: PartContent,
    private readonly sessions: PartSessions,
  ) {}

  /** The layer run by itself on rows [row, in]: [row, out]; undefined where it cannot be run so. */
  async apply(linear: Linear, rows: LetteredTensor): Promise<LetteredTensor | undefined> {
    const making = this.kept.get(linear) ?? layerSession(this.content, this.sessions, linear);
    if (this.content.bytes.length <= keptSizeInBytes) this.kept.set(linear, making);
    const session = await making;
    const result = await session?.run(rows);
    if (!this.kept.has(linear)) await session?.release();
    return result;
  }

  async release(): Promise<void> {
    const all = [...this.kept.values()];
    this.kept.clear();
    for (const making of all) await (await making)?.release();
  }
}
