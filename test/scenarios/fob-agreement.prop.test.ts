import type { VirtualToken } from '@chiavetta/firmware-sim';
import { describe, expect, test } from 'vitest';
import { deviceOf } from '../provisioning/virtual-device.ts';
import type { BoundToken, Life } from './bound-token.ts';
import { boundToken, liveOn } from './bound-token.ts';
import { liveWithFob } from './fob-lives.ts';
import { takesTheLastCodeTwice } from './planted-validator.ts';

const RUNS = 40;
const bound = boundToken('fob');

test('a fob and its validator agree, whatever is pressed, lost, typed twice, or cut off from its power', async () => {
  const { accepted, cuts } = await liveWithFob({
    runs: RUNS,
    lifeOf: async (seed) => liveOn(await bound, seed),
  });
  expect(accepted).toBeGreaterThan(RUNS);
  expect(cuts).toBeGreaterThan(RUNS / 4);
});

describe('the comparison notices', () => {
  test('a fob that forgets its counter when the power goes', async () => {
    const lifeOf = async (seed: number): Promise<Life> =>
      forgetful(await bound, await liveOn(await bound, seed));
    await expect(liveWithFob({ runs: RUNS, lifeOf })).rejects.toThrow('counter that was not shown yet');
  });

  test('a validator that takes the last code twice', async () => {
    const lifeOf = async (seed: number): Promise<Life> =>
      takesTheLastCodeTwice(await liveOn(await bound, seed));
    await expect(liveWithFob({ runs: RUNS, lifeOf })).rejects.toThrow('takes the codes from counter');
  });
});

/** After each power cut its flash is as it left the branch. */
function forgetful({ made }: BoundToken, life: Life): Life {
  let current = life.token;
  const token: VirtualToken = {
    ...current,
    screen: () => current.screen(),
    press: (key, options) => current.press(key, options),
    faults: {
      ...current.faults,
      cutAt: (cut) => current.faults.cutAt(cut),
      opCount: () => current.faults.opCount(),
    },
    power: (what) => {
      current = deviceOf(made, 'forgetful');
      return current.power(what);
    },
  };
  return { ...life, token };
}
