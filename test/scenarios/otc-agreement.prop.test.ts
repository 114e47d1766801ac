import type { VirtualToken } from '@chiavetta/firmware-sim';
import { describe, expect, test } from 'vitest';
import type { Life } from './bound-token.ts';
import { boundToken, liveOn } from './bound-token.ts';
import { liveWithOtc } from './otc-lives.ts';
import { takesTheLastCodeTwice } from './planted-validator.ts';

const RUNS = 30;
const bound = boundToken('otc');

test('an optical token and its validator agree, whatever is scanned, lost, typed twice, or cut off from its power', async () => {
  const { sessions, cuts } = await liveWithOtc({
    runs: RUNS,
    lifeOf: async (seed) => liveOn(await bound, seed),
  });
  expect(sessions).toBeGreaterThan(RUNS);
  expect(cuts).toBeGreaterThan(RUNS / 4);
});

describe('the comparison notices', () => {
  test('a validator that takes the last code twice', async () => {
    const lifeOf = async (seed: number): Promise<Life> =>
      takesTheLastCodeTwice(await liveOn(await bound, seed));
    await expect(liveWithOtc({ runs: RUNS, lifeOf })).rejects.toThrow('code is taken once');
  });

  test('a token that shows the last code for any picture', async () => {
    const lifeOf = async (seed: number): Promise<Life> => repeating(await liveOn(await bound, seed));
    await expect(liveWithOtc({ runs: RUNS, lifeOf })).rejects.toThrow();
  });
});

/** Shows the digits of the first login whenever it shows a code for a login. */
function repeating(life: Life): Life {
  let first: string | number | undefined;
  const { token } = life;
  const screen: VirtualToken['screen'] = () => {
    const shown = token.screen();
    if (shown.id !== 'otc.login.code') return shown;
    first ??= shown.fields['code'];
    return { ...shown, fields: { ...shown.fields, ...(first === undefined ? {} : { code: first }) } };
  };
  return { ...life, token: { ...token, screen } };
}
