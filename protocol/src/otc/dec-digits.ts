import { assert, readU64 } from '../bytes/index.ts';

/**
 * `u64(mac[0..8]) mod 10^digits`, zero-padded: every code of the protocol. The 31 bits of RFC 4226 would reach only
 * 21.5 % of the 10-digit codes. docs/spec/otc.md §1.
 */
export function decDigits(mac: Uint8Array, digits: number): string {
  assert(mac.length >= 8, 'a MAC has at least 8 bytes');
  return (readU64(mac.subarray(0, 8)) % 10n ** BigInt(digits)).toString().padStart(digits, '0');
}
