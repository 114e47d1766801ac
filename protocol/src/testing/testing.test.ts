import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, toHex } from '../bytes/index.ts';
import { manualClock, seededEntropy } from './index.ts';

describe('seeded entropy', () => {
  test('gives one stream for one label and seed, in whatever chunks it is drawn', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(70), { maxLength: 10 }), fc.nat(), (chunks, seed) => {
        const chunked = seededEntropy('chunks', seed);
        const drawn = concatBytes(...chunks.map((byteCount) => chunked.randomBytes(byteCount)));
        expect(drawn).toEqual(seededEntropy('chunks', seed).randomBytes(drawn.length));
      }),
    );
  });

  test('gives other streams for another label, seed or fork, and a fork does not move its parent', () => {
    const parent = seededEntropy('a', 1);
    const forked = parent.fork('b').randomBytes(32);
    const streams = [
      parent.randomBytes(32),
      forked,
      parent.fork('c').randomBytes(32),
      seededEntropy('a', 2).randomBytes(32),
      seededEntropy('b', 1).randomBytes(32),
    ].map(toHex);
    expect(new Set(streams).size).toBe(streams.length);
    expect(streams[0]).toBe(toHex(seededEntropy('a', 1).randomBytes(32)));
  });
});

describe('a manual clock', () => {
  test('stands still, moves forward by steps and is set backwards only on purpose', () => {
    const clock = manualClock(1_000);
    expect(clock.nowMs()).toBe(1_000);
    clock.advance(500);
    expect(clock.nowMs()).toBe(1_500);
    expect(() => clock.advance(-1)).toThrow('Invariant broken');
    clock.set(10);
    expect(clock.nowMs()).toBe(10);
  });
});
