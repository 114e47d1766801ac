import { describe, expect, it } from 'vitest';
import { benchBank, benchToken } from '../testing/bench-bank.ts';
import { provisionFob } from '../testing/bench-fob.ts';
import { replayTrace } from './replay-trace.ts';
import { canonicalText, dataHash } from './state-hash.ts';
import type { VirtualToken } from './virtual-token.ts';
import { createVirtualToken } from './virtual-token.ts';

const bank = benchBank();

/** A life with a cut, a code, a menu and a change of battery. */
function life(seed: string): VirtualToken {
  const fob = createVirtualToken({ made: benchToken(bank), seed });
  fob.press('button');
  fob.faults.cutAt({ opNumber: 12, moment: 'torn' });
  fob.press('button');
  fob.power('battery');
  fob.press('button', { holdMs: 7_000 });
  fob.advance(40_000);
  return fob;
}

describe('a trace', () => {
  it('replays to the same effects and states, over a torn write and a change of battery', () => {
    const fob = createVirtualToken({ made: benchToken(bank), seed: 'replay' });
    provisionFob(fob, bank);
    fob.faults.cutAt({ opNumber: fob.faults.opCount() + 1, moment: 'torn' });
    fob.press('button');
    fob.power('battery');
    fob.press('button');
    const lines = fob.trace();
    expect(replayTrace(lines, fob.traceSecrets())).toEqual({
      ok: true,
      value: { steps: fob.settled().step },
    });
    expect(lines).toHaveLength(fob.settled().step + 1);
  });

  it('names the first step that diverges', () => {
    const fob = life('diverge');
    const lines = fob.trace().map((line) => {
      if (!('step' in line)) return line;
      if (line.step === 5) return { ...line, state: '00'.repeat(16) };
      return line.step === 7 ? { ...line, effects: '00'.repeat(16) } : line;
    });
    expect(replayTrace(lines, fob.traceSecrets())).toEqual({
      ok: false,
      error: { code: 'diverged', firstDivergingStep: 5, what: 'state' },
    });
  });

  it('diverges at the step whose event was changed', () => {
    const fob = life('changed');
    const lines = fob.trace().map((line) => {
      const isPress = 'step' in line && line.step === 2 && line.event.tag === 'key.down';
      return isPress ? { ...line, event: { ...line.event, tag: 'key.up' as const, key: 'button' } } : line;
    });
    const replayed = replayTrace(lines, fob.traceSecrets());
    expect(replayed).toMatchObject({ ok: false, error: { code: 'diverged', firstDivergingStep: 2 } });
  });

  it('is the same for the same seed and another for another', () => {
    const [one, two, other] = [life('same'), life('same'), life('other')];
    expect(dataHash(one.trace())).toBe(dataHash(two.trace()));
    expect(dataHash(one.trace())).not.toBe(dataHash(other.trace()));
  });

  it('cannot be replayed without its secrets and shows none of them', () => {
    const fob = life('secret');
    const replayed = replayTrace(fob.trace(), {});
    expect(replayed).toEqual({ ok: false, error: { code: 'missing_secret', step: 1, secret: 's1' } });
    const text = JSON.stringify(fob.trace());
    for (const value of Object.values(fob.traceSecrets())) expect(text).not.toContain(value);
  });

  it('is refused when it names no device or leaves a step out', () => {
    const fob = life('holes');
    expect(replayTrace([], {})).toEqual({ ok: false, error: { code: 'no_device' } });
    const holed = fob.trace().filter((line) => !('step' in line) || line.step !== 4);
    expect(replayTrace(holed, fob.traceSecrets())).toMatchObject({
      ok: false,
      error: { code: 'bad_line', lineIndex: 4 },
    });
  });
});

describe('the hash of plain data', () => {
  it('does not depend on the order of keys and tells kinds of values apart', () => {
    expect(canonicalText({ b: 1, a: [new Uint8Array([1]), 2n] })).toBe('{"a":[x"01",2n],"b":1}');
    expect(dataHash({ a: 1, b: undefined })).toBe(dataHash({ a: 1 }));
    expect(dataHash(1)).not.toBe(dataHash(1n));
    expect(dataHash('1')).not.toBe(dataHash(1));
  });
});
