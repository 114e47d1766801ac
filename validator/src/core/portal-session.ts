import { equalConstantTime } from '@chiavetta/protocol/bytes';
import { changeOf } from '../ports/store.ts';
import type { PinFault } from './account-pin.ts';
import { blockAccount, isPinUsed, pinFault, withPin } from './account-pin.ts';
import { overlayBinding } from './binding-changes.ts';
import type { CustomerRecord } from './customer-record.ts';
import type { Decider, Decision } from './decision.ts';
import { blockMails } from './notices.ts';
import { openToken, sealToken } from './sealing.ts';
import { bindingIn } from './send-checks.ts';
import { isBasisGood } from './session-basis.ts';
import type { StoredCustomer, StoredSession, StoredToken } from './stored.ts';

/** The rows that decide whether a session is still one. */
export type SessionRecords = {
  readonly session: StoredSession | undefined;
  readonly customer: StoredCustomer | undefined;
  /** The device whose code opened the session. */
  readonly device: StoredToken | undefined;
};

/** A session that may be used now. */
export type OpenSession = { readonly session: StoredSession; readonly customer: StoredCustomer };

/** What a look at a session gives: nothing of the customer as long as the mailed PIN is not changed. */
export type TouchAnswer =
  | { readonly pinChangeOnly: true; readonly restMs: number }
  | { readonly pinChangeOnly: false; readonly restMs: number; readonly customer: CustomerRecord };

/** Wrong old PINs in one session after which it ends. They never block the account: docs/spec/validation.md, "Blocks". */
const WRONG_OLD_PINS_MAX = 3;

/** The session, unless it rested too long, or a block, an ordered PIN or a PIN change elsewhere ended it: for good. */
export function openSession(decider: Decider, records: SessionRecords): OpenSession | undefined {
  const { session, customer } = records;
  if (session === undefined || customer === undefined) return undefined;
  if (decider.nowMs - session.value.lastSeenMs >= decider.policy.session.inactivityMs) return undefined;
  const now = { customer: customer.value, device: records.device?.value };
  return isBasisGood(session.value, now) ? { session, customer } : undefined;
}

/** Notes that the session was used. One that can only choose a new PIN shows nobody, and asking does not prolong it. */
export function decideTouch(decider: Decider, records: SessionRecords): Decision<TouchAnswer | undefined> {
  const open = openSession(decider, records);
  if (open === undefined) return { answer: undefined, change: changeOf({}) };
  const { id, version: expected, value } = open.session;
  const { inactivityMs } = decider.policy.session;
  if (value.pinChangeOnly) {
    const restMs = value.lastSeenMs + inactivityMs - decider.nowMs;
    return { answer: { pinChangeOnly: true, restMs }, change: changeOf({}) };
  }
  return {
    answer: { pinChangeOnly: false, restMs: inactivityMs, customer: open.customer.value },
    change: changeOf({
      puts: [{ kind: 'session', id, expected, value: { ...value, lastSeenMs: decider.nowMs } }],
    }),
  };
}

/** A new PIN as typed, with what scrypt made of both PINs. */
export type PinChangeAttempt = {
  readonly newPin: string;
  /** The old PIN as typed, under the salt of the current one. */
  readonly oldMark: Uint8Array;
  /** The new PIN under the salts of the current PIN and of each old one, in that order. */
  readonly knownMarks: readonly Uint8Array[];
  readonly newSalt: Uint8Array;
  readonly newMark: Uint8Array;
};

export type PinChangeAnswer =
  | { readonly outcome: 'changed' }
  | { readonly outcome: 'no_session' }
  | { readonly outcome: 'wrong_old_pin' }
  | { readonly outcome: 'refused_pin'; readonly fault: PinFault };

/** Changes the PIN in a session; one that could do nothing else becomes a full one. */
export function decidePinChange(
  decider: Decider,
  records: SessionRecords,
  attempt: PinChangeAttempt,
): Decision<PinChangeAnswer> {
  const open = openSession(decider, records);
  if (open === undefined) return { answer: { outcome: 'no_session' }, change: changeOf({}) };
  const { session, customer } = open;
  const named = { subject: `customer:${customer.id}`, customer: customer.id };
  if (!equalConstantTime(attempt.oldMark, customer.value.pin.verifier)) return wrongOldPin(decider, open);
  const known = [customer.value.pin, ...customer.value.oldPins];
  const fault =
    pinFault(attempt.newPin, decider.policy) ??
    (isPinUsed(known, attempt.knownMarks) ? 'pin_used_before' : undefined);
  if (fault !== undefined) return { answer: { outcome: 'refused_pin', fault }, change: changeOf({}) };
  const pin = { salt: attempt.newSalt, verifier: attempt.newMark, initial: false, nowMs: decider.nowMs };
  const value = withPin(customer.value, pin, decider.policy);
  // A new PIN ends the other sessions; this one goes on in the new epoch.
  const { basis } = session.value;
  const used = {
    ...session.value,
    ...{ lastSeenMs: decider.nowMs, pinChangeOnly: false, wrongPins: 0 },
    ...(basis === undefined ? {} : { basis: { ...basis, accountEpoch: value.sessionEpoch ?? 0 } }),
  };
  return {
    answer: { outcome: 'changed' },
    change: changeOf({
      puts: [
        { kind: 'customer', id: customer.id, expected: customer.version, value },
        { kind: 'session', id: session.id, expected: session.version, value: used },
      ],
      audit: [{ ...named, event: 'pin.changed', detail: { first: customer.value.pin.initial } }],
      mails: [{ to: customer.value.email, kind: 'pin-changed', fields: { name: customer.value.name } }],
    }),
  };
}

function wrongOldPin(decider: Decider, open: OpenSession): Decision<PinChangeAnswer> {
  const { id, version: expected, value } = open.session;
  const wrongPins = value.wrongPins + 1;
  const key = { kind: 'session', id, expected } as const;
  const isOver = wrongPins >= WRONG_OLD_PINS_MAX;
  return {
    answer: { outcome: 'wrong_old_pin' },
    change: changeOf({
      puts: isOver ? [] : [{ ...key, value: { ...value, wrongPins, lastSeenMs: decider.nowMs } }],
      removes: isOver ? [key] : [],
      audit: [
        {
          subject: `customer:${open.customer.id}`,
          customer: open.customer.id,
          event: 'pin.change_refused',
          reason: 'wrong_pin',
        },
      ],
    }),
  };
}

export type BlockAnswer = { readonly outcome: 'blocked' | 'no_session' | 'unknown_credential' };

/** The customer blocks the whole account, or one device, at once. Bank and referente are told. */
export function decideOwnBlock(
  decider: Decider,
  records: SessionRecords & { readonly token: StoredToken | undefined },
  what: 'all' | { readonly serial: string },
): Decision<BlockAnswer> {
  const open = openSession(decider, records);
  if (open === undefined || open.session.value.pinChangeOnly) {
    return { answer: { outcome: 'no_session' }, change: changeOf({}) };
  }
  const { customer, session } = open;
  const reason = 'blocked by the customer';
  const named = { subject: `customer:${customer.id}`, customer: customer.id, reason };
  if (what === 'all') {
    const value = blockAccount(customer.value, { by: 'customer', reason, nowMs: decider.nowMs });
    return {
      answer: { outcome: 'blocked' },
      change: changeOf({
        puts: [{ kind: 'customer', id: customer.id, expected: customer.version, value }],
        removes: [{ kind: 'session', id: session.id, expected: session.version }],
        audit: [{ ...named, event: 'account.blocked' }],
        mails: blockMails(decider, customer.value, { kind: 'account-blocked', fields: { reason } }),
      }),
    };
  }
  const token = suspended(decider, { ...records, customerId: customer.id, reason });
  if (token === undefined) return { answer: { outcome: 'unknown_credential' }, change: changeOf({}) };
  const { serial } = what;
  return {
    answer: { outcome: 'blocked' },
    change: changeOf({
      puts: [token],
      checks: [{ kind: 'customer', id: customer.id, expected: customer.version }],
      audit: [{ ...named, subject: serial, serial, event: 'device.suspended' }],
      mails: blockMails(decider, customer.value, { kind: 'device-blocked', fields: { serial, reason } }),
    }),
  };
}

function suspended(
  decider: Decider,
  job: { readonly token: StoredToken | undefined; readonly customerId: string; readonly reason: string },
): { kind: 'token'; id: string; expected: number; value: StoredToken['value'] } | undefined {
  const { token: stored, customerId, reason } = job;
  if (stored === undefined) return undefined;
  const { crypto, keys, random } = decider;
  const opened = openToken({ crypto, keys, version: stored.version, record: stored.value });
  const slot = opened?.bindings.find((one) => one.customerId === customerId)?.slot;
  if (opened === undefined || slot === undefined) return undefined;
  if (bindingIn(opened, slot)?.overlay !== 'NONE') return undefined;
  const token = overlayBinding(opened, { slot, overlay: 'SUSPENDED', reason });
  const version = stored.version + 1;
  const value = sealToken({ crypto, keys, version, token, entropy: random.tokenRow });
  return { kind: 'token', id: stored.id, expected: stored.version, value };
}
