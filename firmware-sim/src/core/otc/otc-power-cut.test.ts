import { describe, expect, it } from 'vitest';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchLogin } from '../../testing/bench-otc.ts';
import type { OtcAct } from '../../testing/bench-otc-life.ts';
import { branchAct, loginAct, pairAct, WRONG_PIN_ACT } from '../../testing/bench-otc-life.ts';
import { pairedOtcBench } from '../../testing/bench-otc-start.ts';
import { wakeOtc } from '../../testing/bench-person.ts';
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

  it('has both copies of its records again after the next switch-on: one rotten bit then costs nothing', () => {
    const bench = pairedOtcBench();
    loginAct('pin first').run(bench);
    const { token, made } = bench;
    // Cut in the write of a vault, when one copy is whole and the other one erased.
    token.faults.cutAt({ opNumber: token.faults.opCount() + 8, moment: 'after' });
    token.scan({ payload: benchLogin(bench.server).payload });
    expect(token.screen().id).toBe('off');
    wakeOtc(token);
    token.power('off');
    const image = token.nvm();
    for (let index = 0; index < 120; index += 1) {
      const rotten = createVirtualToken({ made: { ...made, image }, seed: 'rot', tracing: 'off' });
      rotten.faults.flipBit((index * 7_919 + 13) % (image.length * 8));
      loginAct('pin first').run({
        ...bench,
        token: rotten,
        server: structuredClone(bench.server),
        issued: [],
      });
    }
  });
});
