import { describe, expect, it } from 'vitest';
import type { DarkImage } from './decode-finders.ts';
import { findFinders } from './decode-finders.ts';

/** A page tiled with finder patterns of two pixels a module. */
function pageOfFinders(sidePx: number): DarkImage {
  const dark = new Uint8Array(sidePx * sidePx);
  for (let y = 0; y < sidePx; y += 1) {
    for (let x = 0; x < sidePx; x += 1) {
      const ring = Math.max(Math.abs(Math.floor((x % 20) / 2) - 4), Math.abs(Math.floor((y % 20) / 2) - 4));
      dark[y * sidePx + x] = ring <= 1 || ring === 3 ? 1 : 0;
    }
  }
  return { widthPx: sidePx, heightPx: sidePx, dark };
}

describe('looking for finders', () => {
  it('finds each of a few in its place', () => {
    const found = findFinders(pageOfFinders(40)).finders;
    const places = found.map(({ x, y }) => `${x} ${y}`).sort();
    expect(places).toEqual(['29 29', '29 9', '9 29', '9 9']);
    expect(found.every(({ modulePx }) => modulePx === 2)).toBe(true);
  });

  it('finds one that touches the edges of the picture', () => {
    const page = pageOfFinders(20);
    // Cut to the pattern itself: from the outer edge of the ring to the other.
    const dark = new Uint8Array(14 * 14);
    for (let y = 0; y < 14; y += 1) dark.set(page.dark.subarray((y + 2) * 20 + 2, (y + 2) * 20 + 16), y * 14);
    const { finders } = findFinders({ widthPx: 14, heightPx: 14, dark });
    expect(finders).toMatchObject([{ x: 7, y: 7, modulePx: 2 }]);
  });

  it('keeps a bounded list and a bounded effort on a page of ten thousand', () => {
    const { finders, examinedCount } = findFinders(pageOfFinders(2000));
    expect(finders).toHaveLength(256);
    // The row in which the limit is reached is finished: 100 places at most on this page.
    expect(examinedCount).toBeGreaterThanOrEqual(30_000);
    expect(examinedCount).toBeLessThanOrEqual(30_100);
  });

  it('finds nothing in an empty or a full picture', () => {
    const size = { widthPx: 30, heightPx: 30 };
    const nothing = { finders: [], examinedCount: 0 };
    expect(findFinders({ ...size, dark: new Uint8Array(900) })).toEqual(nothing);
    expect(findFinders({ ...size, dark: new Uint8Array(900).fill(1) })).toEqual(nothing);
  });
});
