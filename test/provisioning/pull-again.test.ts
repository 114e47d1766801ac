import { describe, expect, test } from 'vitest';
import type { Plan } from './scene.ts';
import { freshFob } from './scenes.ts';
import { cleanCounts, sweep } from './sweep.ts';

const MINUTES = 60_000;
/** First pulls, counted from the end of a run: READY, COMMIT or DONE is lost. */
const FIRST_FROM_END = [90, 50, 10];
/** Of the bytes of the repair every so many-th is a second pull; the first bytes of a session are the same in all. */
const STRIDE = 24;

const scene = await freshFob();
const { bytes } = await cleanCounts(scene);

const plans: readonly Plan[] = FIRST_FROM_END.flatMap((fromEnd) =>
  Array.from({ length: Math.ceil((2 * bytes) / STRIDE) }, (_, index) => ({
    power: index % 2 === 0 ? 'kept' : 'lost',
    cutsAfter: [bytes - fromEnd, bytes - fromEnd + index * STRIDE],
  })),
);

describe('a fresh fob whose cable is pulled again while the first pull is repaired', () => {
  test(
    `never leaves token and validator apart, not between the pulls either, in ${plans.length} runs`,
    async () => {
      expect(await sweep(scene, plans)).toMatchObject({ runs: plans.length, unsound: [] });
    },
    5 * MINUTES,
  );
});
