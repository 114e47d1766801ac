import type { Result } from '../bytes/index.ts';
import { err, ok } from '../bytes/index.ts';
import type { OpenError } from './open-error.ts';

/** What a PAIR1 asks of the device PIN. */
export type PinPolicy = { readonly digits: number; readonly mode: 'new_pin' | 'keep_pin' };

/** The only PIN size of this version. */
export const PIN_DIGITS = 5;
const KEEP_PIN_BIT = 0x01;

/** The two policy bytes: number of digits; bit 0 = 1 for KEEP_PIN, the other bits 0. docs/spec/otc.md §4. */
export function encodePinPolicy(policy: PinPolicy): {
  readonly pinDigits: number;
  readonly pinFlags: number;
} {
  return { pinDigits: policy.digits, pinFlags: policy.mode === 'keep_pin' ? KEEP_PIN_BIT : 0 };
}

/** Reads the two policy bytes. Total. */
export function decodePinPolicy(bytes: {
  readonly pinDigits: number;
  readonly pinFlags: number;
}): Result<PinPolicy, OpenError> {
  if (bytes.pinDigits !== PIN_DIGITS) return err({ code: 'bad_field', field: 'pinDigits' });
  if ((bytes.pinFlags & ~KEEP_PIN_BIT) !== 0) return err({ code: 'reserved_bits', field: 'pinFlags' });
  const mode = (bytes.pinFlags & KEEP_PIN_BIT) === 0 ? 'new_pin' : 'keep_pin';
  return ok({ digits: bytes.pinDigits, mode });
}
