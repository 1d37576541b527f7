// Thumbnails are as large as fit, and never too small to be seen.

import { describe, expect, it } from 'vitest';
import { firstInSight, headGridLayout } from '../../../../src/present/heads/headGridLayout';

describe('all heads', () => {
  it.each([
    ['4 × 4 in the column', { width: 246, height: 400, headCount: 4, layerCount: 4 }, { side: 40, columns: 5, isOneLayer: false }],
    ['12 × 12 in the column', { width: 246, height: 400, headCount: 12, layerCount: 12 }, { side: 15, columns: 13, isOneLayer: false }],
    ['12 × 12 in a low column', { width: 246, height: 116, headCount: 12, layerCount: 12 }, { isOneLayer: true }],
    ['6 × 12 in the shelf', { width: 310, height: 114, headCount: 12, layerCount: 6 }, { side: 14, isOneLayer: false }],
    ['12 × 12 in the shelf', { width: 310, height: 112, headCount: 12, layerCount: 12 }, { isOneLayer: true }],
    ['32 × 32 in a sheet, which scrolls', { width: 350, height: null, headCount: 32, layerCount: 32 }, { side: 14, columns: 33, isOneLayer: false }],
    ['12 × 12 in a line', { width: 300, height: 26, headCount: 12, layerCount: 12 }, { side: 15, columns: 13, isOneLayer: true }],
    ['24 heads in a line, not all of them', { width: 250, height: 26, headCount: 24, layerCount: 6 }, { side: 22, columns: 6, isOneLayer: true }],
  ])('%s', (_, room, expected) => {
    const layout = headGridLayout(room);
    expect(layout).toMatchObject(expected);
    expect(layout.side).toBeGreaterThanOrEqual(14);
    if (room.height !== null && !layout.isOneLayer) expect(14 + room.layerCount * (layout.side + layout.gap)).toBeLessThanOrEqual(room.height);
  });

  it('shows the selected head where not all fit', () => {
    expect([0, 5, 23].map((head) => firstInSight(head, 25, 6))).toEqual([0, 2, 19]);
  });
});
