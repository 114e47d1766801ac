import type { Refusal } from './refusal.ts';

/** scrypt under the pepper: see `account-pin.ts`. */
export type PinVerifier = { readonly salt: Uint8Array; readonly verifier: Uint8Array };

/** A second factor of a customer. Later kinds (SMS, app, certificate) are further variants. */
export type CustomerFactor = { readonly tag: 'token'; readonly serial: string; readonly slot: number };

export type AccountState = 'FIRST_ACCESS' | 'OPEN' | 'SELF_BLOCKED' | 'STAFF_BLOCKED';

/** Why the account is closed: five wrong PINs (`self`), the customer's own wish, or staff. */
export type AccountBlock = {
  readonly by: 'self' | 'customer' | 'staff';
  readonly reason: string;
  readonly atMs: number;
};

export type CustomerRecord = {
  /** The record's id. */
  readonly customerId: string;
  /** 8 digits, printed on the contract. */
  readonly userCode: string;
  readonly name: string;
  readonly email: string;
  /** What the token shows for this customer: at most 24 printable ASCII characters. */
  readonly label: string;
  /** YYYY-MM-DD. Present: SEND asks for it, and a wrong one counts nothing. */
  readonly birthDate?: string;
  /** Mail address of the company contact, who is told of every block. */
  readonly referente?: string;
  readonly pin: PinVerifier & { readonly initial: boolean; readonly setAtMs: number };
  /** Newest first; none of them may be chosen again. */
  readonly oldPins: readonly PinVerifier[];
  /** Wrong PINs in a row: the self-block of S3. */
  readonly wrongPins: number;
  readonly block?: AccountBlock;
  /** Counted up by every block and by every other PIN; sessions of an older epoch are over. Absent: 0. */
  readonly sessionEpoch?: number;
  /** In the order of binding; the last usable one is asked for. */
  readonly factors: readonly CustomerFactor[];
  /** Why the last SEND or code was refused, for staff: never told to the customer. */
  readonly lastRefusal?: Refusal;
};

/** The account's state in the words of docs/spec/validation.md, "States". */
export function accountState(customer: CustomerRecord): AccountState {
  if (customer.block !== undefined) return customer.block.by === 'staff' ? 'STAFF_BLOCKED' : 'SELF_BLOCKED';
  return customer.pin.initial ? 'FIRST_ACCESS' : 'OPEN';
}
