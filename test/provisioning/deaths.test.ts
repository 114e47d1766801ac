import { describe, expect, test } from 'vitest';
import { deathsOf } from './every-pull.ts';
import { freshFob } from './scenes.ts';
import { cleanCounts, sweep } from './sweep.ts';

const MINUTES = 60_000;

const scene = await freshFob();
const counts = await cleanCounts(scene);
const plans = deathsOf(counts);

describe('a fresh fob ends with the seed that the validator has', () => {
  test.each([
    [`the branch PC dies at any of its ${counts.doings} doings and another PC begins anew`, 'killAt'],
    [`the validator dies at any of the ${counts.storeOperations} operations of its store`, 'storeFault'],
    [`the validator is started again after any of its ${counts.answers} answers`, 'restartAfter'],
    [`the power goes at any of the ${counts.flashOperations} flash operations`, 'flashCut'],
  ] as const)(
    `when %s (of ${plans.length} runs)`,
    async (_, cause) => {
      const chosen = plans.filter((plan) => plan[cause] !== undefined);
      expect(chosen.length).toBeGreaterThan(0);
      expect(await sweep(scene, chosen)).toMatchObject({ runs: chosen.length, unsound: [] });
    },
    5 * MINUTES,
  );
});
