import { usageFailure } from '../output/failure.ts';

/** A customer as a person names one: a User Code (eight digits; blanks and hyphens are left to them) or a customer id. */
export function typedCustomer(text: string): string {
  const digits = text.replaceAll(/[ -]/gu, '');
  if (/^[0-9]{8}$/u.test(digits)) return digits;
  if (/^c[0-9a-f]{16}$/u.test(text)) return text;
  throw usageFailure(`A User Code has eight digits, as printed on the contract; "${text}" is none.`);
}

/** A mail address, as far as its look says. */
export function typedMailAddress(text: string): string {
  const address = text.trim();
  if (address.length <= MAIL_CHARACTERS_MAX && /^[^\s@]+@[^\s@]+$/u.test(address)) return address;
  throw usageFailure(`A mail address looks like name@host; "${text}" does not.`);
}

/** A date of birth. */
export function typedBirthDate(text: string): string {
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/u.test(text)) return text;
  throw usageFailure(`A date of birth looks like 1980-12-31; "${text}" does not.`);
}

const MAIL_CHARACTERS_MAX = 254;
