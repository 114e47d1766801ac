import { describe, expect, test } from 'vitest';
import { randomPulls } from './random-pulls.ts';
import type { Plan, RunCounts, Scene } from './scene.ts';
import { cleanCounts, eachOf, pullsAtEveryByte, sweep } from './sweep.ts';

const HOURS = 3_600_000;
const RANDOM_RUNS = 500;
const POWERS = ['kept', 'lost'] as const;

/** Every single fault of a scene and many double ones, for the long run. */
export async function testEveryPull(scene: Scene, more: Partial<Plan> = {}): Promise<void> {
  const counts = await cleanCounts(scene, { power: 'kept', ...more });
  const sweeps: readonly (readonly [string, readonly Plan[]])[] = [
    ...POWERS.flatMap((power) => {
      const plan = { power, ...more };
      return [
        [`cable pulled after each byte, power ${power}`, pullsAtEveryByte(counts, plan)],
        [
          `cable pulled two to four times, power ${power}`,
          randomPulls(counts, { runs: RANDOM_RUNS, seed: power === 'kept' ? 1 : 2, plan }),
        ],
      ] as const;
    }),
    ['PC, validator or power dead at each point', deathsOf(counts, more)],
  ];
  const limit = more.frameLimitBytes === undefined ? '' : ` at frames of ${more.frameLimitBytes} bytes`;
  describe(`${scene.name}${limit}`, () => {
    test.each(sweeps.map(([fault, plans]) => [fault, plans.length, plans] as const))(
      '%s: %i runs, each of which ends with token and validator agreed',
      async (_, runs, plans) => {
        expect(await sweep(scene, plans)).toMatchObject({ runs, unsound: [] });
      },
      HOURS,
    );
  });
}

/** Every death of the PC, of the validator and of the token's power that one run has room for. */
export function deathsOf(counts: RunCounts, more: Partial<Plan> = {}): readonly Plan[] {
  const kills: readonly Plan[] = POWERS.flatMap((power) =>
    eachOf(counts.doings).map((killAt) => ({ ...more, power, killAt })),
  );
  const breaks: readonly Plan[] = eachOf(counts.storeOperations).flatMap((at) =>
    (['fail_before', 'fail_after'] as const).map((moment) => ({
      ...more,
      power: 'kept',
      storeFault: { at, moment },
    })),
  );
  const restarts: readonly Plan[] = eachOf(counts.answers).flatMap((answer) =>
    [false, true].map((isAnswerLost) => ({
      ...more,
      power: 'kept',
      restartAfter: { answer, isAnswerLost },
    })),
  );
  const flashCuts: readonly Plan[] = eachOf(counts.flashOperations).flatMap((at) =>
    (['before', 'torn', 'after'] as const).map((moment) => ({
      ...more,
      power: 'kept',
      flashCut: { at, moment },
    })),
  );
  return [...kills, ...breaks, ...restarts, ...flashCuts];
}
