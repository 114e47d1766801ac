import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { toHex } from '@chiavetta/protocol/bytes';
import type { OtpDigits } from '@chiavetta/protocol/otp';
import { hotp, totp } from '@chiavetta/protocol/otp';
import type { HmacHash } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const VALUES = 1_000;
/** Runs of oathtool at a time. */
const AT_ONCE = 8;

const isInstalled = spawnSync('oathtool', ['--version']).status === 0;
const mustRun = process.env['CI'] === 'true';

const secret = fc.uint8Array({ minLength: 10, maxLength: 64 });
const digits = fc.constantFrom<OtpDigits>(6, 7, 8);
const hotpKeys = fc.record({
  secret,
  digits,
  counter: fc.oneof(
    { weight: 9, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }) },
    { weight: 1, arbitrary: fc.constantFrom(0n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n) },
  ),
});
const totpKeys = fc.record({
  secret,
  digits,
  hash: fc.constantFrom<HmacHash>('sha1', 'sha256', 'sha512'),
  timeS: fc.integer({ min: 0, max: 2 ** 36 }),
  stepS: fc.integer({ min: 1, max: 120 }),
});

const run = promisify(execFile);

/** One run of oathtool for one value. The secret goes by argument: it is drawn for this test and worth nothing. */
async function oathtool(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('oathtool', args, { encoding: 'utf8' });
  return stdout.trim();
}

/** Compares a value of each job, a few at a time, and gives how many were compared. */
async function compareAll<Job>(
  jobs: readonly Job[],
  spell: (job: Job) => { readonly args: readonly string[]; readonly ours: string },
): Promise<number> {
  let next = 0;
  let compared = 0;
  async function worker(): Promise<void> {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      const { args, ours } = spell(job);
      expect(await oathtool(...args), `oathtool ${args.join(' ')}`).toBe(ours);
      compared += 1;
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return compared;
}

describe('HOTP and TOTP against oathtool', () => {
  if (!isInstalled && !mustRun) {
    test.skip('skipped because oathtool is not installed; on Debian: apt-get install oathtool', () => {});
    return;
  }

  test('oathtool is there, as CI demands', () => {
    expect(isInstalled).toBe(true);
  });

  test('1,000 HOTP values, each of its own random key and counter, are equal', async () => {
    const compared = await compareAll(fc.sample(hotpKeys, VALUES), (key) => {
      const flags = ['--hotp', '--counter', String(key.counter), '--digits', String(key.digits)];
      return { args: [...flags, toHex(key.secret)], ours: hotp(key) };
    });
    expect(compared).toBe(VALUES);
  });

  test('1,000 TOTP values, each of its own random key, time, hash, step and length, are equal', async () => {
    const compared = await compareAll(fc.sample(totpKeys, VALUES), (key) => {
      const flags = [`--totp=${key.hash}`, '--now', `@${key.timeS}`, `--time-step-size=${key.stepS}s`];
      return { args: [...flags, '--digits', String(key.digits), toHex(key.secret)], ours: totp(key) };
    });
    expect(compared).toBe(VALUES);
  });
});
