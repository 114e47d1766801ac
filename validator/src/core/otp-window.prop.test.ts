import { hotp } from '@chiavetta/protocol/otp';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TypedCodes, WindowOutcome } from './otp-window.ts';
import { checkFobCode } from './otp-window.ts';
import { DEFAULT_POLICY } from './policy.ts';
import type { FobOtp, OpenSecret } from './token-record.ts';

const seed = Uint8Array.from({ length: 20 }, (_, index) => index * 7 + 3);
const codes = Array.from({ length: 900 }, (_, counter) => hotp({ secret: seed, counter: BigInt(counter) }));
const codeAt = (counter: number): string => codes[counter] ?? '';

function fob(parts: Partial<FobOtp<OpenSecret>> = {}): FobOtp<OpenSecret> {
  return {
    seed: { bytes: seed },
    mode: 'hotp',
    algorithm: 'sha1',
    digits: 6,
    stepSeconds: 30,
    next: 0,
    driftSteps: 0,
    twoCodesNeeded: false,
    used: [],
    ...parts,
  };
}

function check(otp: FobOtp<OpenSecret>, typed: TypedCodes, nowMs = 0): WindowOutcome {
  return checkFobCode(nobleCrypto, { otp, typed, nowMs, policy: DEFAULT_POLICY });
}

describe('the window of a button fob', () => {
  test('accepts what a ten-line model accepts, for any presses and any typing', () => {
    const step = fc.record({
      skip: fc.integer({ min: -5, max: 110 }),
      two: fc.boolean(),
      broken: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), (steps) => {
        let otp = fob();
        for (const { skip, two, broken } of steps) {
          const counter = Math.max(0, otp.next + skip);
          const second = broken ? codeAt(counter + 2) : codeAt(counter + 1);
          const typed = two ? { code: codeAt(counter), nextCode: second } : { code: codeAt(counter) };
          // The model: the first counter of the window whose code (or pair of codes) is the one typed.
          const width = two ? 100 : 3;
          const window = Array.from({ length: width }, (_, index) => otp.next + index);
          const fits = (at: number) => codeAt(at) === typed.code && (!two || codeAt(at + 1) === second);
          const hit = window.find(fits);
          const next = hit === undefined ? undefined : hit + (two ? 2 : 1);
          const found = check(otp, typed);
          expect(found.outcome === 'accepted' ? found.next : undefined).toBe(next);
          if (found.outcome === 'accepted') otp = { ...otp, next: found.next };
        }
      }),
      { numRuns: 150 },
    );
  });

  test('accepts exactly three single codes in each state', () => {
    for (const next of [0, 1, 17, 500]) {
      const accepted = [...new Set(codes)].filter(
        (code) => check(fob({ next }), { code }).outcome === 'accepted',
      );
      expect(new Set(accepted)).toEqual(new Set([codeAt(next), codeAt(next + 1), codeAt(next + 2)]));
    }
  });

  test('computes and compares the same for hit and miss', () => {
    let hmacCount = 0;
    const counting = {
      ...nobleCrypto,
      hmac: (...given: Parameters<typeof nobleCrypto.hmac>) => {
        hmacCount += 1;
        return nobleCrypto.hmac(...given);
      },
    };
    const countOf = (typed: TypedCodes): number => {
      hmacCount = 0;
      checkFobCode(counting, { otp: fob(), typed, nowMs: 0, policy: DEFAULT_POLICY });
      return hmacCount;
    };
    expect(['000000', codeAt(0), codeAt(1), codeAt(2), codeAt(7)].map((code) => countOf({ code }))).toEqual([
      3, 3, 3, 3, 3,
    ]);
    const pairs = [0, 50, 99, 100, 300].map((at) => ({ code: codeAt(at), nextCode: codeAt(at + 1) }));
    expect(pairs.map(countOf)).toEqual([101, 101, 101, 101, 101]);
  });
});

describe('the window of a clock fob', () => {
  const at = (step: number): number => step * 30_000;

  test('accepts one step to each side, learns the drift, and never goes back', () => {
    const otp = fob({ mode: 'totp' });
    expect(check(otp, { code: codeAt(99) }, at(100)).outcome).toBe('accepted');
    expect(check(otp, { code: codeAt(102) }, at(100)).outcome).toBe('refused');
    const fast = check(otp, { code: codeAt(101) }, at(100));
    expect(fast).toEqual({ outcome: 'accepted', next: 102, driftSteps: 1, offset: 1 });
    const learned = { ...otp, next: 102, driftSteps: 1 };
    expect(check(learned, { code: codeAt(101) }, at(100)).outcome).toBe('refused');
    expect(check(learned, { code: codeAt(103) }, at(101)).outcome).toBe('accepted');
  });

  test('finds a clock that is far off by two consecutive codes, but not below the watermark', () => {
    const otp = fob({ mode: 'totp', next: 120 });
    const found = check(otp, { code: codeAt(140), nextCode: codeAt(141) }, at(100));
    expect(found).toEqual({ outcome: 'accepted', next: 142, driftSteps: 41, offset: 41 });
    const older = { code: codeAt(118), nextCode: codeAt(119) };
    expect(check(otp, older, at(100)).outcome).toBe('refused');
    expect(check(otp, { code: codeAt(152), nextCode: codeAt(153) }, at(100)).outcome).toBe('refused');
  });

  test('the watermark never goes back, whatever the clock does', () => {
    const attempt = fc.record({
      step: fc.integer({ min: 60, max: 200 }),
      clock: fc.integer({ min: 60, max: 200 }),
      two: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 12 }), (attempts) => {
        let otp = fob({ mode: 'totp' });
        const acceptedSteps = new Set<number>();
        for (const { step, clock, two } of attempts) {
          const typed = two ? { code: codeAt(step), nextCode: codeAt(step + 1) } : { code: codeAt(step) };
          const found = check(otp, typed, at(clock));
          if (found.outcome !== 'accepted') continue;
          expect(found.next).toBeGreaterThan(otp.next);
          const last = found.next - 1;
          for (const used of two ? [last - 1, last] : [last]) {
            expect(acceptedSteps.has(used)).toBe(false);
            acceptedSteps.add(used);
          }
          otp = { ...otp, next: found.next, driftSteps: found.driftSteps };
        }
      }),
      { numRuns: 200 },
    );
  });
});
