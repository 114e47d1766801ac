import { assert } from '../bytes/index.ts';

/** How many decimal digits a code may have. RFC 4226 section 5.3: six at least; eight is what tokens show. */
export type OtpDigits = 6 | 7 | 8;

/** The 31 bits of an HMAC that become the code, RFC 4226 section 5.3 (for the longer hashes, RFC 6238 section 1.2). */
export function dynamicTruncation(mac: Uint8Array): number {
  assert(mac.length >= 20, 'the MAC is that of SHA-1 or of a longer hash');
  const offset = (mac[mac.length - 1] ?? 0) & 0x0f;
  const view = new DataView(mac.buffer, mac.byteOffset, mac.byteLength);
  // The top bit goes, so that signed and unsigned arithmetic agree. RFC 4226 section 5.3.
  return view.getUint32(offset, false) & 0x7fff_ffff;
}

/** The last `digits` decimal digits of truncated bits, with leading zeros. RFC 4226 section 5.3, step 3. */
export function decimalCode(truncated: number, digits: OtpDigits): string {
  return String(truncated % 10 ** digits).padStart(digits, '0');
}
