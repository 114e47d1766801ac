import { usageFailure } from '../output/failure.ts';

const SHOWN_DIGITS = 12;

/** A serial as a person types it, as the bank writes it: twelve digits. Blanks, hyphens and leading zeros are left to them. */
export function typedSerial(text: string): string {
  const digits = text.replaceAll(/[ -]/gu, '');
  if (/^\d{1,12}$/u.test(digits) && /[1-9]/u.test(digits)) return digits.padStart(SHOWN_DIGITS, '0');
  throw usageFailure(
    `A serial has up to ${SHOWN_DIGITS} digits, as printed on the token; "${text}" is none.`,
  );
}
