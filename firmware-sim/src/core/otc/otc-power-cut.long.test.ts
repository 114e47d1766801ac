import { describe, expect, it } from 'vitest';
import type { OtcAct } from '../../testing/bench-otc-life.ts';
import { branchAct, loginAct, pairAct, WRONG_PIN_ACT } from '../../testing/bench-otc-life.ts';
import { exploreCuts } from '../../testing/otc-cut-explorer.ts';

const LIFE: readonly OtcAct[] = [
  branchAct('bind'),
  pairAct('new_pin', '40617'),
  ...Array.from({ length: 50 }, (_, login) => loginAct(login % 2 === 0 ? 'scan first' : 'pin first')),
  ...Array.from({ length: 5 }, () => WRONG_PIN_ACT),
  branchAct('unlock'),
  ...Array.from({ length: 5 }, () => WRONG_PIN_ACT),
  branchAct('reset'),
  pairAct('new_pin', '80264'),
  loginAct('pin first'),
  branchAct('rekey'),
  loginAct('pin first'),
  pairAct('keep_pin', '80264'),
  loginAct('scan first'),
];

const SHORT_LIFE: readonly OtcAct[] = [...LIFE.slice(0, 4), ...LIFE.slice(52)];

describe('an OTC token that loses its power at any flash operation of a long life', () => {
  it('boots, finishes or cleanly restarts what was going on, and gives back no try, counter or code', () => {
    const explored = exploreCuts(LIFE, { tornVariants: 4 });
    expect(explored.operations).toBeGreaterThan(800);
  });

  it('survives a second cut while it repairs the first', () => {
    for (const secondCutAfter of [1, 2, 5]) {
      const explored = exploreCuts(SHORT_LIFE, { tornVariants: 1, secondCutAfter });
      expect(explored.operations).toBeGreaterThan(100);
    }
  });
});
