import { describe, expect, it } from 'vitest';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchLogin } from '../../testing/bench-otc.ts';
import { pairedOtcBench } from '../../testing/bench-otc-start.ts';
import { BENCH_PIN, confirmLogin, givePin, restartOtc, wakeOtc } from '../../testing/bench-person.ts';

// A limit that is told and not hidden (docs/threat-model.md, 11): the flash model has no counter that cannot go back.
// Once it has one, these expectations turn around.
describe('an OTC token whose old flash image is put back', () => {
  it('has its PIN tries back and answers a used picture again, as the threat model says', () => {
    const bench = pairedOtcBench();
    const { made, server } = bench;
    restartOtc(bench.token);
    const old = bench.token.nvm();
    const { payload, code } = benchLogin(server);
    bench.token.scan({ payload });
    for (let wrong = 0; wrong < 3; wrong += 1) givePin(bench.token, '99991');
    expect(bench.token.screen().fields).toEqual({ left: 2 });
    givePin(bench.token, BENCH_PIN);

    const rolledBack = createVirtualToken({ made: { ...made, image: old }, seed: 'rolled back' });
    wakeOtc(rolledBack);
    givePin(rolledBack, '99991');
    expect(rolledBack.screen()).toMatchObject({ id: 'otc.pin.wrong', fields: { left: 4 } });
    restartOtc(rolledBack);
    givePin(rolledBack, BENCH_PIN);
    rolledBack.scan({ payload });
    expect(confirmLogin(rolledBack)).toBe(code);
  });
});
