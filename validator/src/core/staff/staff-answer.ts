import type { Result } from '@chiavetta/protocol/bytes';
import { err } from '@chiavetta/protocol/bytes';
import type { OperatorRole } from '../staff-records.ts';

/** Why staff are told no. Never renamed: messages and exit statuses hang on it. docs/spec/provisioning.md, "Refusals". */
export const STAFF_REFUSALS = [
  'SIGN_IN',
  'NOT_ALLOWED',
  'WAITS_FOR_APPROVAL',
  'SERVER_REFUSED',
  'QUEUE_FULL',
  'ATTEST_FAILED',
  'ATTEST_REVOKED',
  'WRONG_DEVICE',
  'ALREADY_PROVISIONED',
  'ROLLBACK',
  'TAMPER',
  'AUTH_REJECTED',
  'TOKEN_REFUSED',
] as const;

/** One of them. */
export type StaffRefusalId = (typeof STAFF_REFUSALS)[number];

/** A refusal with its reason in words for staff, never a secret. */
export type StaffRefusal = {
  readonly id: StaffRefusalId;
  readonly reason: string;
  /** What the sentences of the refusal need, for instance `expected` and `found`. */
  readonly fields?: Readonly<Record<string, string>>;
};

/** What staff services answer: a value, or why not. */
export type StaffAnswer<T> = Result<T, StaffRefusal>;

/** Who acts: taken from a session, never from a request. */
export type Actor = {
  readonly name: string;
  readonly role: OperatorRole;
  /** Stands in tickets. */
  readonly operatorId: number;
};

/** A refusal as an answer. */
export function refuse(
  id: StaffRefusalId,
  reason: string,
  fields?: Readonly<Record<string, string>>,
): { readonly ok: false; readonly error: StaffRefusal } {
  return err({ id, reason, ...(fields === undefined ? {} : { fields }) });
}
