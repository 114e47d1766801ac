import { execFileSync, spawnSync } from 'node:child_process';
import { toHex } from '@chiavetta/protocol/bytes';
import type { OtpDigits } from '@chiavetta/protocol/otp';
import { hotp, totp } from '@chiavetta/protocol/otp';
import type { HmacHash } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const KEYS = 50;
const CODES_PER_KEY = 20;

const isInstalled = spawnSync('oathtool', ['--version']).status === 0;
const mustRun = process.env['CI'] === 'true';

const secret = fc.uint8Array({ minLength: 10, maxLength: 64 });
const digits = fc.constantFrom<OtpDigits>(6, 7, 8);
const hotpKeys = fc.record({
  secret,
  digits,
  first: fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 63n }),
    fc.constantFrom(0n, 2n ** 31n - 5n, 2n ** 32n - 5n, 2n ** 53n - 5n),
  ),
});
const totpKeys = fc.record({
  secret,
  digits,
  hash: fc.constantFrom<HmacHash>('sha1', 'sha256', 'sha512'),
  timeS: fc.integer({ min: 0, max: 2 ** 36 }),
  stepS: fc.integer({ min: 1, max: 120 }),
});

/** One call of oathtool gives a window of codes, so that a thousand of them take a second. */
function oathtool(...args: readonly string[]): readonly string[] {
  const window = String(CODES_PER_KEY - 1);
  return execFileSync('oathtool', ['--window', window, ...args], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

describe('HOTP and TOTP against oathtool', () => {
  if (!isInstalled && !mustRun) {
    test.skip('skipped because oathtool is not installed; on Debian: apt-get install oathtool', () => {});
    return;
  }

  test('oathtool is there, as CI demands', () => {
    expect(isInstalled).toBe(true);
  });

  test('1,000 random HOTP values are equal', () => {
    let compared = 0;
    for (const key of fc.sample(hotpKeys, KEYS)) {
      const flags = ['--hotp', '--counter', String(key.first), '--digits', String(key.digits)];
      const theirs = oathtool(...flags, toHex(key.secret));
      const ours = theirs.map((_, index) => hotp({ ...key, counter: key.first + BigInt(index) }));
      expect(theirs, JSON.stringify({ flags, secret: toHex(key.secret) })).toEqual(ours);
      compared += theirs.length;
    }
    expect(compared).toBe(KEYS * CODES_PER_KEY);
  });

  test('1,000 random TOTP values are equal, over all hashes, steps and lengths', () => {
    let compared = 0;
    for (const key of fc.sample(totpKeys, KEYS)) {
      const flags = [`--totp=${key.hash}`, '--now', `@${key.timeS}`, `--time-step-size=${key.stepS}s`];
      const theirs = oathtool(...flags, '--digits', String(key.digits), toHex(key.secret));
      const ours = theirs.map((_, index) => totp({ ...key, timeS: key.timeS + index * key.stepS }));
      expect(theirs, JSON.stringify({ flags, secret: toHex(key.secret) })).toEqual(ours);
      compared += theirs.length;
    }
    expect(compared).toBe(KEYS * CODES_PER_KEY);
  });
});
