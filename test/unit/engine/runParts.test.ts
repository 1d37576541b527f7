import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/core/check';
import type { PlannedCapture } from '../../../src/engine/captureTable';
import type { ModelPart } from '../../../src/engine/modelPart';
import { withCausality } from '../../../src/engine/perturbation';
import type { Run } from '../../../src/engine/run';
import { residualFailure } from '../../../src/engine/runSites';
import { RunTensors } from '../../../src/engine/runTensors';

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

describe('residualFailure', () => {
  it('finds a failed residual identity behind another failure of the site', () => {
    const check = (identity: Check['identity']): Check => ({ identity, site, state: 'failed', absolute: 1, relative: 1, tolerance: 0 });
    const run = { activeParts: [{ facts: { sites: [site] } }], checks: [check('mix'), check('residual')] } as unknown as Run;
    const capture = { key: { tower: 'encoder', layer: 0, activation: 'resid_post' } } as PlannedCapture;
    expect(residualFailure(run, capture)).toBe(site);
    expect(residualFailure({ ...run, checks: [check('mix')] } as unknown as Run, capture)).toBeUndefined();
  });
});

describe('withCausality', () => {
  it('lets the sessions go when the probe fails', async () => {
    let released = 0;
    const ref = [{ tensor: 'a', axes: '*qk' }];
    const part = {
      facts: { sites: [{ ...site, captures: { z: ref, pattern: ref } }], inputs: [], outputs: [] },
      content: { file: { role: 'model' } },
      run: () => Promise.reject(new Error('out of memory')),
      release: async () => {
        released++;
      },
    };
    await expect(withCausality([part as unknown as ModelPart], 0)).rejects.toThrow('out of memory');
    expect(released).toBe(1);
  });
});
