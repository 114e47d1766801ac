import type { Mail } from '../../ports/mail.ts';
import type { StoredRecord } from '../../ports/store.ts';
import { changeOf } from '../../ports/store.ts';
import { blockAccount, reinstateAccount, withPin } from '../account-pin.ts';
import { overlayBinding } from '../binding-changes.ts';
import type { CustomerRecord } from '../customer-record.ts';
import type { Decider } from '../decision.ts';
import { bankMails, blockMails, noticeMails } from '../notices.ts';
import type { RecordTypes } from '../records.ts';
import { MAIL_RANDOM_BYTES, sealMail } from '../sealed-mail.ts';
import type { StoredCustomer, StoredToken } from '../stored.ts';
import type { Overlay, TokenState } from '../token-record.ts';
import type { CustomerForm } from './customer-form.ts';
import { checkCustomer } from './customer-form.ts';
import type { Actor, StaffAnswer } from './staff-answer.ts';
import type { StaffDecision } from './staff-decision.ts';
import {
  customerAudit,
  freshBytes,
  openStored,
  putToken,
  refuseDecision,
  unchanged,
} from './staff-decision.ts';

/** A fresh PIN: its digits for the one mail, its verifier for the record. */
export type FreshPin = {
  readonly digits: string;
  readonly salt: Uint8Array;
  readonly verifier: Uint8Array;
};

/** The rows of a customer and of every device that the customer has. */
export type CustomerRecords = {
  readonly customer: StoredCustomer;
  readonly tokens: readonly StoredToken[];
};

type Act = { readonly actor: Actor; readonly reason: string };

/** A new customer; the first PIN goes by mail, the User Code on the contract. */
export function decideAddCustomer(
  decider: Decider,
  records: { readonly userCode: StoredRecord<RecordTypes, 'userCode'> | undefined },
  job: {
    readonly actor: Actor;
    readonly form: CustomerForm;
    readonly customerId: string;
    readonly userCode: string;
    readonly pin: FreshPin;
  },
): StaffDecision<CustomerRecord | 'again'> {
  const form = checkCustomer(job.form);
  if (!form.ok) return unchanged(form);
  if (records.userCode !== undefined) return unchanged({ ok: true, value: 'again' });
  const { customerId, userCode, pin } = job;
  const value: CustomerRecord = {
    customerId,
    userCode,
    ...form.value,
    pin: { salt: pin.salt, verifier: pin.verifier, initial: true, setAtMs: decider.nowMs },
    oldPins: [],
    wrongPins: 0,
    factors: [],
  };
  return {
    answer: { ok: true, value },
    change: changeOf({
      puts: [
        { kind: 'customer', id: customerId, expected: 0, value },
        { kind: 'userCode', id: userCode, expected: 0, value: { customerId } },
      ],
      audit: [customerAudit(customerId, job.actor, { event: 'customer.added' })],
      mails: [pinMail(decider, value, { kind: 'initial-pin', pin })],
    }),
  };
}

/** Blocks the account, or chosen devices of it, at once. Customer, referente and bank are told. */
export function decideBlockCustomer(
  decider: Decider,
  records: CustomerRecords,
  job: Act & { readonly what: 'all' | readonly string[] },
): StaffDecision<CustomerRecord> {
  const { customer } = records;
  const { actor, reason, what } = job;
  if (what === 'all') {
    const value = blockAccount(customer.value, { by: 'staff', reason, nowMs: decider.nowMs });
    return {
      answer: { ok: true, value },
      change: changeOf({
        puts: [{ kind: 'customer', id: customer.id, expected: customer.version, value }],
        audit: [customerAudit(customer.id, actor, { event: 'account.blocked', reason })],
        mails: blockMails(decider, customer.value, { kind: 'account-blocked', fields: { reason } }),
      }),
    };
  }
  const chosen = records.tokens.filter((one) => what.includes(one.id));
  const unknown = what.find((serial) => !chosen.some((one) => one.id === serial));
  if (what.length === 0 || unknown !== undefined) {
    return refuseDecision('SERVER_REFUSED', `the customer has no device ${unknown ?? ''}`.trim());
  }
  const changed = overlayAll(decider, {
    tokens: chosen,
    customerId: customer.id,
    overlay: 'SUSPENDED',
    reason,
  });
  if (!changed.ok) return unchanged(changed);
  return {
    answer: { ok: true, value: customer.value },
    change: changeOf({
      puts: changed.value.map(({ stored, token }) => putToken(decider, token, stored.version)),
      checks: [{ kind: 'customer', id: customer.id, expected: customer.version }],
      audit: chosen.map(({ id }) => ({
        ...customerAudit(customer.id, actor, { event: 'device.blocked', reason }),
        subject: id,
        serial: id,
      })),
      mails: chosen.flatMap(({ id }) =>
        blockMails(decider, customer.value, { kind: 'device-blocked', fields: { serial: id, reason } }),
      ),
    }),
  };
}

/** Lifts the block of the account and of every device of the customer: with the same codes, or with a new PIN. */
export function decideReinstate(
  decider: Decider,
  records: CustomerRecords,
  job: Act & { readonly pin?: FreshPin },
): StaffDecision<CustomerRecord> {
  const { customer } = records;
  const { actor, reason, pin } = job;
  const lifted = overlayAll(decider, {
    tokens: records.tokens.filter((one) => isSuspended(one, customer.id)),
    customerId: customer.id,
    overlay: 'NONE',
    reason,
  });
  if (!lifted.ok) return unchanged(lifted);
  const open = reinstateAccount(customer.value);
  const value = pin === undefined ? open : withFreshPin(decider, open, pin);
  const serials = lifted.value.map(({ token }) => token.serial).join(' ');
  return {
    answer: { ok: true, value },
    change: changeOf({
      puts: [
        { kind: 'customer', id: customer.id, expected: customer.version, value },
        ...lifted.value.map(({ stored, token }) => {
          const { blocked: _lifted, ...rest } = token;
          return putToken(decider, rest, stored.version);
        }),
      ],
      audit: [
        customerAudit(customer.id, actor, {
          event: 'account.reinstated',
          reason,
          detail: { newPin: pin !== undefined, serials },
        }),
      ],
      mails: [
        ...noticeMails(customer.value, { kind: 'account-reinstated' }),
        ...(pin === undefined ? [] : [pinMail(decider, customer.value, { kind: 'new-pin', pin })]),
      ],
    }),
  };
}

/** A new PIN by mail; a block stays. */
export function decideNewPin(
  decider: Decider,
  records: Pick<CustomerRecords, 'customer'>,
  job: Act & { readonly pin: FreshPin },
): StaffDecision<CustomerRecord> {
  const { customer } = records;
  const value = withFreshPin(decider, customer.value, job.pin);
  return {
    answer: { ok: true, value },
    change: changeOf({
      puts: [{ kind: 'customer', id: customer.id, expected: customer.version, value }],
      audit: [customerAudit(customer.id, job.actor, { event: 'pin.ordered', reason: job.reason })],
      mails: [pinMail(decider, customer.value, { kind: 'new-pin', pin: job.pin })],
    }),
  };
}

/** Blocks a device for everybody who uses it, whatever it is used for, or while it is still in stock. */
export function decideBlockToken(
  decider: Decider,
  records: { readonly token: StoredToken; readonly customers: readonly StoredCustomer[] },
  job: Act,
): StaffDecision<TokenState> {
  const opened = openStored(decider, records.token);
  if (!opened.ok) return unchanged(opened);
  const { actor, reason } = job;
  const suspended = opened.value.bindings.reduce(
    (token, { slot }) => overlayBinding(token, { slot, overlay: 'SUSPENDED', reason }),
    opened.value,
  );
  const blocked: TokenState = { ...suspended, blocked: { reason, atMs: decider.nowMs } };
  const names = records.customers.map(({ value }) => value.name).join(', ');
  const notice = { kind: 'device-blocked', fields: { serial: blocked.serial, reason } } as const;
  return {
    answer: { ok: true, value: blocked },
    change: changeOf({
      puts: [putToken(decider, blocked, records.token.version)],
      audit: [
        {
          ...{ subject: blocked.serial, serial: blocked.serial, event: 'device.blocked' },
          ...{ operator: actor.name, reason },
        },
      ],
      mails: [
        ...records.customers.flatMap(({ value }) => noticeMails(value, notice)),
        ...bankMails(decider.bankMail, { ...notice, fields: { name: names, ...notice.fields } }),
      ],
    }),
  };
}

function withFreshPin(decider: Decider, customer: CustomerRecord, pin: FreshPin): CustomerRecord {
  const { salt, verifier } = pin;
  return withPin(customer, { salt, verifier, initial: true, nowMs: decider.nowMs }, decider.policy);
}

/** To the customer alone: a referente orders a PIN and never sees it. The store has it sealed. */
function pinMail(
  decider: Decider,
  customer: CustomerRecord,
  { kind, pin }: { readonly kind: 'initial-pin' | 'new-pin'; readonly pin: FreshPin },
): Mail {
  const { crypto, keys } = decider;
  const random = freshBytes(decider, 'mail', MAIL_RANDOM_BYTES);
  const { customerId, email, name } = customer;
  const mail = { to: email, kind, customerId, fields: { name }, secret: { pin: pin.digits } };
  return sealMail({ crypto, keys, random }, mail);
}

function isSuspended(stored: StoredToken, customerId: string): boolean {
  return stored.value.bindings.some((one) => one.customerId === customerId && one.overlay === 'SUSPENDED');
}

function overlayAll(
  decider: Decider,
  job: {
    readonly tokens: readonly StoredToken[];
    readonly customerId: string;
    readonly overlay: Overlay;
    readonly reason: string;
  },
): StaffAnswer<readonly { readonly stored: StoredToken; readonly token: TokenState }[]> {
  const { customerId, overlay, reason } = job;
  const changed: { stored: StoredToken; token: TokenState }[] = [];
  for (const stored of job.tokens) {
    const opened = openStored(decider, stored);
    if (!opened.ok) return opened;
    const token = opened.value.bindings
      .filter((one) => one.customerId === customerId && one.overlay !== 'REVOKED')
      .reduce((state, { slot }) => overlayBinding(state, { slot, overlay, reason }), opened.value);
    changed.push({ stored, token });
  }
  return { ok: true, value: changed };
}
