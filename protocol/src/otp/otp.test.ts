import { describe, expect, test } from 'vitest';
import { asciiBytes, assert, U64_MAX } from '../bytes/index.ts';
import { counter, counterAfter } from './counter.ts';
import { decimalCode } from './dynamic-truncation.ts';
import { hotp } from './hotp.ts';
import { timeStepAt, totp } from './totp.ts';

const SECRET = asciiBytes('12345678901234567890');

describe('HOTP', () => {
  test('keeps leading zeros', () => {
    expect(decimalCode(1_000_042, 6)).toBe('000042');
  });

  test('gives six digits of SHA-1 unless told', () => {
    expect(hotp({ secret: SECRET, counter: 0n })).toBe('755224');
  });

  test('takes the largest counter and refuses the ones beside the range', () => {
    expect(hotp({ secret: SECRET, counter: U64_MAX })).toMatch(/^\d{6}$/);
    expect(() => hotp({ secret: SECRET, counter: U64_MAX + 1n })).toThrow('64 unsigned bits');
    expect(() => hotp({ secret: SECRET, counter: -1n })).toThrow('64 unsigned bits');
  });
});

describe('a counter', () => {
  test('never wraps', () => {
    const last = counter(U64_MAX);
    assert(last.ok, 'the largest counter is one');
    expect(counterAfter(last.value)).toEqual({
      ok: false,
      error: { code: 'out_of_range', found: U64_MAX + 1n },
    });
    expect(counter(-1n).ok).toBe(false);
  });
});

describe('a time step', () => {
  test('starts with its first moment and ends before the next', () => {
    expect(timeStepAt({ timeS: 29.999 })).toBe(0n);
    expect(timeStepAt({ timeS: 30 })).toBe(1n);
    expect(timeStepAt({ timeS: 59.999 })).toBe(1n);
  });

  test('counts from T0 in steps of the given length', () => {
    expect(timeStepAt({ timeS: 160, t0S: 100, stepS: 60 })).toBe(1n);
    expect(() => timeStepAt({ timeS: 99, t0S: 100 })).toThrow('not before the first step');
    expect(() => timeStepAt({ timeS: 99, stepS: 0 })).toThrow('whole number of seconds');
  });

  test('gives the HOTP value of its number', () => {
    expect(totp({ secret: SECRET, timeS: 95 })).toBe(hotp({ secret: SECRET, counter: 3n }));
  });
});
