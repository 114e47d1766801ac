import type { OtpDigits } from '@chiavetta/protocol/otp';
import { hotp, totp } from '@chiavetta/protocol/otp';
import type { Crypto, HmacHash } from '@chiavetta/protocol/ports';
import { OTP_ALGORITHMS } from '@chiavetta/protocol/wire';
import type { FobSeed } from './fob-records.ts';

/** The code of a seed at a counter (RFC 4226). */
export function codeAtCounter(crypto: Crypto, seed: FobSeed, counter: bigint): string {
  return hotp({ crypto, secret: seed.seed, counter, ...shapeOf(seed) });
}

/** The code of a seed at a time of the fob's own clock, in seconds since 1970 (RFC 6238). */
export function codeAtTime(crypto: Crypto, seed: FobSeed, unixS: number): string {
  return totp({ crypto, secret: seed.seed, timeS: unixS, stepS: seed.stepSeconds, ...shapeOf(seed) });
}

/** PREPARE was refused unless these are in range, so every other value stands for the default. */
function shapeOf(seed: FobSeed): { readonly digits: OtpDigits; readonly hash: HmacHash } {
  const digits = seed.digits === 7 || seed.digits === 8 ? seed.digits : 6;
  return { digits, hash: seed.algorithm === OTP_ALGORITHMS.sha256 ? 'sha256' : 'sha1' };
}
