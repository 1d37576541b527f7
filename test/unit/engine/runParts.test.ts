import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/core/check';
import { ProblemError, problem } from '../../../src/core/problem';
import { whyUnvouched } from '../../../src/engine/answers/vouch';
import type { PlannedCapture } from '../../../src/engine/model/captureTable';
import type { Pass } from '../../../src/engine/run/pass';
import type { ModelPart } from '../../../src/engine/session/modelPart';
import { RunTensors } from '../../../src/engine/tensors/runTensors';
import { tryLoaded } from '../../../src/engine/trial/tryLoaded';

const site = { tower: 'encoder', layer: 0, kind: 'self' } as const;

describe('RunTensors', () => {
  it('counts what is captured twice once, and copies in another order too', () => {
    const tensors = new RunTensors();
    const outputs = new Map([['a', { type: 'float32', dims: [1, 2, 3], data: new Float32Array(6) }]]);
    tensors.put(0, outputs, 0);
    tensors.put(0, outputs, 0);
    expect(tensors.sizeInBytes).toBe(24);
    tensors.form(0, [{ tensor: 'a', axes: '1qd' }]);
    expect(tensors.sizeInBytes).toBe(24);
    tensors.form(0, [{ tensor: 'a', axes: '1kq' }]);
    tensors.form(0, [{ tensor: 'a', axes: '1kq' }]);
    expect(tensors.sizeInBytes).toBe(48);
  });
});

describe('whyUnvouched', () => {
  it("finds a failed residual identity behind another failure of the site, for the tensors of the site's layer", () => {
    const check = (identity: Check['identity']): Check => ({ identity, site, state: 'failed', absolute: 1, relative: 1, tolerance: 0 });
    const passWith = (checks: Check[]) =>
      ({ activeParts: [{ facts: { sites: [site] } }], checks, closedAt: () => undefined, failureAt: failedAt(checks) }) as unknown as Pass;
    const failedAt =
      (checks: Check[]): Pass['failureAt'] =>
      (at) =>
        at === site ? checks[0] : undefined;
    const capture = { key: { tower: 'encoder', layer: 0, activation: 'resid_post' } } as PlannedCapture;
    expect(whyUnvouched(passWith([check('mix'), check('residual')]), capture)).toMatchObject({ code: 'identityFailed' });
    expect(whyUnvouched(passWith([check('mix')]), capture)).toBeUndefined();
  });
});

describe('tryLoaded', () => {
  const failing = (error: Error, released: { count: number }) =>
    ({
      facts: { sites: [], blocks: [], towers: [], inputs: [], outputs: [] },
      get content() {
        throw error;
      },
      release: async () => {
        released.count++;
      },
    }) as unknown as ModelPart;

  it('lets the sessions go when the trial fails', async () => {
    const released = { count: 0 };
    await expect(tryLoaded([failing(new Error('broken'), released)], { padId: 0 })).rejects.toThrow('broken');
    expect(released.count).toBe(1);
  });
  it('gives an expected failure back, so that the model can still be described', async () => {
    const released = { count: 0 };
    const given = await tryLoaded([failing(new ProblemError(problem('maskBroken', { input: 'm' })), released)], { padId: 0 });
    expect([given?.code, released.count]).toEqual(['maskBroken', 1]);
  });
});
