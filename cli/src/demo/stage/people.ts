import { randomInt } from 'node:crypto';
import { OTC_PROFILE } from '@chiavetta/firmware-sim';
import { isWeakPin } from '@chiavetta/protocol/otc';

/** A customer of the demo, with everything that the customer knows. */
export type DemoCustomer = {
  readonly name: string;
  readonly email: string;
  readonly customerId: string;
  readonly userCode: string;
  /** The account PIN: first the mailed one. */
  readonly pin: string;
  readonly birthDate?: string;
  /** The 5 digits chosen on the OTC token. */
  readonly devicePin?: string;
};

/** A device PIN as a careful person chooses it: 5 digits, none of the weak ones. */
export function chooseDevicePin(except: readonly string[] = []): string {
  return chooseDigits(5, except);
}

/** An account PIN as a careful person chooses it: as long as it may be. */
export function chooseAccountPin(): string {
  return chooseDigits(8, []);
}

function chooseDigits(digitCount: number, except: readonly string[]): string {
  for (;;) {
    const pin = String(randomInt(0, 10 ** digitCount)).padStart(digitCount, '0');
    if (!isWeakPin(pin, OTC_PROFILE.refusedPins) && !except.includes(pin)) return pin;
  }
}

/** Another PIN than this one, as long as it. */
export function wrongPin(right: string): string {
  const last = (Number(right.slice(-1)) + 1) % 10;
  return `${right.slice(0, -1)}${last}`;
}

/** The PIN in a mail that brings one. */
export function pinInMail(text: string): string | undefined {
  return /PIN is (\d{5,8})\./u.exec(text)?.[1];
}

/** A secret as it may be printed: how long it is. */
export function masked(secret: string): string {
  return '\u2022'.repeat(secret.length);
}
