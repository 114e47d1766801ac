import { describe, expect, test } from 'vitest';
import type { Plan } from './scene.ts';
import { freshFob } from './scenes.ts';
import { cleanCounts, eachOf, sweep } from './sweep.ts';

const MINUTES = 60_000;

const scene = await freshFob();
const counts = await cleanCounts(scene);

const killed: readonly Plan[] = (['kept', 'lost'] as const).flatMap((power) =>
  eachOf(counts.doings).map((killAt) => ({ power, killAt })),
);
const broken: readonly Plan[] = eachOf(counts.storeOperations).flatMap((at) =>
  (['fail_before', 'fail_after'] as const).map((moment) => ({ power: 'kept', storeFault: { at, moment } })),
);
const restarted: readonly Plan[] = eachOf(counts.answers).flatMap((answer) =>
  [false, true].map((isAnswerLost) => ({ power: 'kept', restartAfter: { answer, isAnswerLost } })),
);
const flashCuts: readonly Plan[] = eachOf(counts.flashOperations).flatMap((at) =>
  (['before', 'torn', 'after'] as const).map((moment) => ({ power: 'kept', flashCut: { at, moment } })),
);

describe('a fresh fob ends with the seed that the validator has', () => {
  test.each([
    [`when the branch PC dies at any of its ${counts.doings} doings and another PC begins anew`, killed],
    [`when the validator dies at any of the ${counts.storeOperations} operations of its store`, broken],
    [`when the validator is started again after any of its ${counts.answers} answers`, restarted],
    [`when the power goes at any of the ${counts.flashOperations} flash operations`, flashCuts],
  ] as const)(
    '%s',
    async (_, plans) => {
      expect(plans.length).toBeGreaterThan(0);
      const tally = await sweep(scene, plans);
      expect(tally).toMatchObject({ runs: plans.length, unsound: [] });
    },
    5 * MINUTES,
  );

  test(`in ${killed.length + broken.length + restarted.length + flashCuts.length} such runs in all`, () => {
    // Four commits carry a provisioning: reserved, in doubt, proved, provisioned.
    expect(counts.storeOperations).toBeGreaterThanOrEqual(4);
    expect(counts.answers).toBe(4);
  });
});
