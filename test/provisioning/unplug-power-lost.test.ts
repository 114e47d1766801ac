import { describe, expect, test } from 'vitest';
import { freshFob } from './scenes.ts';
import { cleanCounts, pullsAtEveryByte, sweep } from './sweep.ts';

const MINUTES = 60_000;

const scene = await freshFob();
const plans = pullsAtEveryByte(await cleanCounts(scene), { power: 'lost' });

describe('a fresh fob whose cable is pulled, its power lost', () => {
  test(
    `ends with the seed that the validator has, in all ${plans.length} runs: one for each byte of a run`,
    async () => {
      const tally = await sweep(scene, plans);
      expect(tally).toMatchObject({ runs: plans.length, unsound: [], ceremoniesMax: 1 });
      // Pulls before COMMIT are done in a fresh session, those after it are recovered.
      expect(Object.keys(tally.outcomes).toSorted()).toEqual(['done', 'recovered']);
    },
    5 * MINUTES,
  );
});
