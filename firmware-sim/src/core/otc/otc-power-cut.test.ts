import { describe, expect, it } from 'vitest';
import type { OtcAct } from '../../testing/bench-otc-life.ts';
import { branchAct, loginAct, pairAct, WRONG_PIN_ACT } from '../../testing/bench-otc-life.ts';
import { exploreCuts } from '../../testing/otc-cut-explorer.ts';

const LIFE: readonly OtcAct[] = [
  branchAct('bind'),
  pairAct('new_pin', '40617'),
  loginAct('scan first'),
  loginAct('pin first'),
  WRONG_PIN_ACT,
  WRONG_PIN_ACT,
  WRONG_PIN_ACT,
  WRONG_PIN_ACT,
  WRONG_PIN_ACT,
  branchAct('unlock'),
  branchAct('reset'),
  pairAct('new_pin', '80264'),
  branchAct('rekey'),
  loginAct('pin first'),
  pairAct('keep_pin', '80264'),
  loginAct('scan first'),
];

describe('an OTC token that loses its power at any flash operation of its life', () => {
  it('boots, finishes or cleanly restarts what was going on, and gives back no try, counter or code', () => {
    const explored = exploreCuts(LIFE, { tornVariants: 1 });
    expect(explored.operations).toBeGreaterThan(100);
    expect(explored.runs).toBeGreaterThan(2 * explored.operations);
  });
});
