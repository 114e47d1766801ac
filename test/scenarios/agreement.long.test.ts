import { expect, test } from 'vitest';
import { boundToken, liveOn } from './bound-token.ts';
import { liveWithFob } from './fob-lives.ts';
import { liveWithOtc } from './otc-lives.ts';

const RUNS = 1_000;

test('a thousand lives of a fob', async () => {
  const bound = await boundToken('fob');
  const { cuts } = await liveWithFob({ runs: RUNS, lifeOf: (seed) => liveOn(bound, seed) });
  expect(cuts).toBeGreaterThan(RUNS / 4);
});

test('a thousand lives of an optical token', async () => {
  const bound = await boundToken('otc');
  const { cuts } = await liveWithOtc({ runs: RUNS, lifeOf: (seed) => liveOn(bound, seed) });
  expect(cuts).toBeGreaterThan(RUNS / 4);
});
