import { u64 } from '../bytes/index.ts';
import type { Crypto, HmacHash } from '../ports/index.ts';
import { nobleCrypto } from '../ports/index.ts';
import type { OtpDigits } from './dynamic-truncation.ts';
import { decimalCode, dynamicTruncation } from './dynamic-truncation.ts';

/** What an HOTP value is made of. */
export type HotpInput = {
  readonly crypto?: Crypto;
  /** The shared key K, of any size. */
  readonly secret: Uint8Array;
  /** The moving factor C, an unsigned 64-bit integer. */
  readonly counter: bigint;
  /** Six unless told. */
  readonly digits?: OtpDigits;
  /** SHA-1 unless told; the others are what RFC 6238 adds. */
  readonly hash?: HmacHash;
};

/**
 * An HMAC-based one-time password, RFC 4226 section 5.3.
 *
 * @throws InvariantError for a counter that does not fit 64 unsigned bits; check input from outside with `counter`.
 * @example
 * ```ts
 * hotp({ secret: asciiBytes('12345678901234567890'), counter: 0n }); // '755224'
 * ```
 */
export function hotp({
  crypto = nobleCrypto,
  secret,
  counter,
  digits = 6,
  hash = 'sha1',
}: HotpInput): string {
  return decimalCode(dynamicTruncation(crypto.hmac(hash, secret, u64(counter))), digits);
}
