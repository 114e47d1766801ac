import { describe, expect, it } from 'vitest';
import { OTC_PROFILE } from '../../profiles/otc.ts';
import { benchPair1 } from '../../testing/bench-otc.ts';
import { boundOtcBench } from '../../testing/bench-otc-start.ts';
import { stepOtc } from './otc.ts';
import { otcOff } from './otc-state.ts';

/** The rule, said again in another way: by listing the PINs that follow each pattern. */
function weakPins(): ReadonlySet<string> {
  const weak = new Set<string>(OTC_PROFILE.refusedPins);
  const circle = '01234567890123456789';
  const backwards = [...circle].reverse().join('');
  for (let digit = 0; digit < 10; digit += 1) {
    weak.add(String(digit).repeat(5));
    weak.add(circle.slice(digit, digit + 5));
    weak.add(backwards.slice(digit, digit + 5));
    for (let second = 0; second < 10; second += 1) {
      weak.add(`${digit}${second}${digit}${second}${digit}`);
    }
  }
  return weak;
}

describe('choosing a PIN on the token', () => {
  it('goes on to the confirmation for exactly the PINs that are not weak, out of all 100,000', () => {
    const bench = boundOtcBench();
    bench.token.press('power');
    let state = stepOtc(otcOff(), {
      tag: 'power.on',
      nvm: bench.token.nvm(),
      element: bench.made.elementKey,
      entropy: new Uint8Array(32),
      nowMs: 0,
    }).state;
    for (const key of ['ok', 'scan'] as const) state = stepOtc(state, { tag: 'key.down', key }).state;
    state = stepOtc(state, { tag: 'camera.payload', payload: benchPair1(bench.server) }).state;
    const { state: choosing } = stepOtc(state, { tag: 'key.down', key: 'ok' });
    if (choosing.tag !== 'on' || choosing.phase.tag !== 'pin.choose') throw new Error('a PIN is chosen');
    const { phase } = choosing;
    const weak = weakPins();
    const disagreeing: string[] = [];
    for (let number = 0; number < 100_000; number += 1) {
      const typed = String(number).padStart(5, '0');
      const after = stepOtc({ ...choosing, phase: { ...phase, typed } }, { tag: 'key.down', key: 'ok' });
      const tag = after.state.tag === 'on' ? after.state.phase.tag : 'off';
      if (tag !== (weak.has(typed) ? 'pin.again' : 'pin.confirm')) disagreeing.push(typed);
    }
    expect(disagreeing).toEqual([]);
    expect(weak.size).toBe(120 + OTC_PROFILE.refusedPins.length);
  });
});
