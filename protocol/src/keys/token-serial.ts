import type { Field, Result } from '../bytes/index.ts';
import { err, ok, readU64, u64 } from '../bytes/index.ts';

/** The number printed on a token: 1 to 999,999,999,999. On the wire an unsigned 64-bit integer. */
export type TokenSerial = bigint & { readonly brand: 'TokenSerial' };

/** Why a number or a text is not a serial. */
export type SerialError =
  | { readonly code: 'serial_out_of_range'; readonly serialMax: bigint }
  | { readonly code: 'serial_not_digits'; readonly textLength: number };

/** Largest serial: what twelve digits can show. */
export const SERIAL_MAX: bigint = 999_999_999_999n;

const SHOWN_DIGITS = 12;

/** Checks a number once; from then on the type says that it is a serial. */
export function tokenSerial(value: bigint): Result<TokenSerial, SerialError> {
  if (value < 1n || value > SERIAL_MAX) return err({ code: 'serial_out_of_range', serialMax: SERIAL_MAX });
  return ok(value as TokenSerial);
}

/** The serial as people see it: twelve digits. */
export function formatSerial(serial: TokenSerial): string {
  return serial.toString().padStart(SHOWN_DIGITS, '0');
}

/** Reads what a person typed: 1 to 12 digits; spaces and hyphens between them are allowed. Total. */
export function parseSerial(text: string): Result<TokenSerial, SerialError> {
  const digits = text.replaceAll(/[ -]/g, '');
  if (!/^[0-9]{1,12}$/.test(digits)) return err({ code: 'serial_not_digits', textLength: text.length });
  return tokenSerial(BigInt(digits));
}

/** A serial inside a layout; a number that twelve digits cannot show is refused. */
export const fieldSerial: Field<TokenSerial> = {
  byteCount: 8,
  encode: (serial) => u64(serial),
  decode: (bytes) => {
    const serial = tokenSerial(readU64(bytes));
    return serial.ok ? serial : err('out_of_range');
  },
};
