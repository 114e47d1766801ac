import { asciiBytes, concatBytes, equalConstantTime } from '@chiavetta/protocol/bytes';
import { isWeakPin } from '@chiavetta/protocol/otc';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { CustomerRecord, PinVerifier } from './customer-record.ts';
import type { Policy } from './policy.ts';

const PIN_LABEL = asciiBytes('chiavetta/v1 account pin');
const SALT_LABEL = asciiBytes('chiavetta/v1 dead salt');

/** Why a new PIN is not taken. This is told to the customer: the old PIN was right. */
export type PinFault = 'pin_not_digits' | 'pin_length' | 'pin_weak' | 'pin_used_before';

/** What is stored of a PIN: HMAC(pepper, scrypt(PIN, salt)). Without the pepper file the database gives no PIN away. */
export function pinVerifier(
  crypto: Crypto,
  job: { readonly pepper: Uint8Array; readonly stretched: Uint8Array },
): Uint8Array {
  return crypto.hmacSha256(job.pepper, concatBytes(PIN_LABEL, job.stretched));
}

/** The salt under which the PIN of an unknown User Code is stretched: always the same, so that nothing can be told. */
export function deadSalt(
  crypto: Crypto,
  job: { readonly deadKey: Uint8Array; readonly userCode: string },
): Uint8Array {
  const input = concatBytes(SALT_LABEL, new TextEncoder().encode(job.userCode));
  return crypto.hmacSha256(job.deadKey, input).slice(0, 16);
}

/** Whether the digits may be a PIN at all; whether it was used before needs scrypt: see `isPinUsed`. */
export function pinFault(pin: string, policy: Policy): PinFault | undefined {
  if (!/^[0-9]*$/.test(pin)) return 'pin_not_digits';
  if (pin.length < policy.account.pinDigitsMin || pin.length > policy.account.pinDigitsMax)
    return 'pin_length';
  return isWeakPin(pin) ? 'pin_weak' : undefined;
}

/** Whether one of the verifiers was made from the PIN. `verifiers[i]` is the PIN under the salt of `known[i]`. */
export function isPinUsed(known: readonly PinVerifier[], verifiers: readonly Uint8Array[]): boolean {
  return known
    .map((one, index) => equalConstantTime(one.verifier, verifiers[index] ?? new Uint8Array(0)))
    .some((same) => same);
}

/** The customer with another PIN, chosen or mailed; the one before joins those that may not come back. Sessions end. */
export function withPin(
  customer: CustomerRecord,
  pin: PinVerifier & { readonly initial: boolean; readonly nowMs: number },
  policy: Policy,
): CustomerRecord {
  const { salt, verifier } = customer.pin;
  return {
    ...sessionsEnded(customer),
    pin: { salt: pin.salt, verifier: pin.verifier, initial: pin.initial, setAtMs: pin.nowMs },
    oldPins: [{ salt, verifier }, ...customer.oldPins].slice(0, policy.account.oldPinsKept),
    wrongPins: 0,
  };
}

/**
 * The self-block rule of S3: {right User Code, wrong PIN, and the right birth date where it is asked for} counts; five
 * in a row block. A wrong birth date counts nothing and a right PIN starts again. No other rule blocks the account.
 */
export function afterPinAttempt(
  customer: CustomerRecord,
  attempt: {
    readonly pinRight: boolean;
    readonly birthDateRight: boolean;
    readonly nowMs: number;
    readonly policy: Policy;
  },
): CustomerRecord {
  if (customer.block !== undefined || !attempt.birthDateRight) return customer;
  if (attempt.pinRight) return { ...customer, wrongPins: 0 };
  const wrongPins = customer.wrongPins + 1;
  if (wrongPins < attempt.policy.account.selfBlockWrongPins) return { ...customer, wrongPins };
  const block = { by: 'self', reason: 'five wrong PINs', atMs: attempt.nowMs } as const;
  return { ...sessionsEnded(customer), wrongPins, block };
}

/** The account closed at once: by staff, the referente or the customer. Sessions end, and stay so after a lift. */
export function blockAccount(
  customer: CustomerRecord,
  block: { readonly by: 'customer' | 'staff'; readonly reason: string; readonly nowMs: number },
): CustomerRecord {
  const { by, reason, nowMs } = block;
  return { ...sessionsEnded(customer), block: { by, reason, atMs: nowMs } };
}

/** The block lifted with the same codes; with a new PIN, call `withPin` too. */
export function reinstateAccount(customer: CustomerRecord): CustomerRecord {
  const { block: _lifted, ...rest } = customer;
  return { ...rest, wrongPins: 0 };
}

/** The customer in the next epoch of sessions: those that are open now are over, whatever comes after. */
function sessionsEnded(customer: CustomerRecord): CustomerRecord {
  return { ...customer, sessionEpoch: (customer.sessionEpoch ?? 0) + 1 };
}
