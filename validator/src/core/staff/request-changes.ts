import { assert, toHex } from '@chiavetta/protocol/bytes';
import type { Mail } from '../../ports/mail.ts';
import type { Put, StoredRecord } from '../../ports/store.ts';
import { changeOf } from '../../ports/store.ts';
import { bindFob, unlockFactor } from '../binding-changes.ts';
import type { Decider } from '../decision.ts';
import { bankMails, noticeMails } from '../notices.ts';
import type { RecordTypes } from '../records.ts';
import type { RequestRecord } from '../staff-records.ts';
import type { TokenState } from '../token-record.ts';
import { replacedToken, withFactor } from './apply-operation.ts';
import { requestAt } from './device-request.ts';
import type { RequestForm, RequestRecords } from './request-form.ts';
import { checkRequestForm } from './request-form.ts';
import type { Actor, StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';
import { checkAct } from './staff-check.ts';
import type { StaffDecision } from './staff-decision.ts';
import { freshBytes, openStored, putToken, refuseDecision, unchanged } from './staff-decision.ts';

/** The request and everything that doing it may change. */
export type ApproveRecords = RequestRecords & {
  readonly request: StoredRecord<RecordTypes, 'request'> | undefined;
};

/** Who asked and who wants to approve. */
export type FourEyes = {
  readonly requester: StoredRecord<RecordTypes, 'operator'> | undefined;
  readonly approver: StoredRecord<RecordTypes, 'operator'> | undefined;
};

/** Stores a request: nothing else happens until another person approves it. */
export function decideMakeRequest(
  decider: Decider,
  records: RequestRecords,
  job: { readonly actor: Actor; readonly form: RequestForm },
): StaffDecision<RequestRecord> {
  const { actor, form } = job;
  const checked = checkRequestForm(form, records);
  if (!checked.ok) return unchanged(checked);
  // Begins with the time, so that lists are in the order of asking.
  const time = decider.nowMs.toString(16).padStart(12, '0');
  const requestId = `${time}${toHex(freshBytes(decider, 'request', 8))}`;
  const value: RequestRecord = {
    requestId,
    operation: form.operation,
    serial: form.serial,
    ...checked.value,
    reason: form.reason,
    requester: actor.name,
    state: 'waiting',
    atMs: decider.nowMs,
  };
  return {
    answer: { ok: true, value },
    change: changeOf({
      puts: [{ kind: 'request', id: requestId, expected: 0, value }],
      audit: [audit(value, { event: 'request.made', operator: actor.name })],
    }),
  };
}

/**
 * The second person's yes. What only changes the validator, a key fob's binding, replacement and unlocking, is done
 * here; everything else waits for the device.
 */
export function decideApprove(
  decider: Decider,
  records: ApproveRecords & FourEyes,
  job: { readonly actor: Actor },
): StaffDecision<RequestRecord> {
  const { actor } = job;
  const found = findWaiting(decider, records);
  if (!found.ok) return unchanged(found);
  const { value } = found.value;
  // Four eyes: the requester's own approval is refused whatever the role.
  const relation = value.requester === actor.name ? 'own' : 'other';
  const allowed = checkAct(actor, 'request.approve', relation);
  if (!allowed.ok) return unchanged(allowed);
  const apart = checkApart(records);
  if (!apart.ok) return unchanged(apart);
  const checked = checkRequestForm(value, records);
  if (!checked.ok) return unchanged(checked);
  const approved: RequestRecord = {
    ...value,
    ...checked.value,
    state: 'approved',
    approver: actor.name,
    decidedAtMs: decider.nowMs,
  };
  const token = records.token?.value;
  const isReadyFob = token?.kind === 'fob' && token.otp !== undefined;
  if (isReadyFob) return carryOut(decider, records, { ...job, approved, version: found.value.version });
  return {
    answer: { ok: true, value: approved },
    change: changeOf({
      puts: [{ kind: 'request', id: value.requestId, expected: found.value.version, value: approved }],
      audit: [audit(approved, { event: 'request.approved', operator: actor.name })],
    }),
  };
}

/** Who adds an operator knows the first password, and could be both people. */
function checkApart({ requester, approver }: FourEyes): StaffAnswer<undefined> {
  const pairs = [
    { adder: requester, added: approver },
    { adder: approver, added: requester },
  ];
  const pair = pairs.find(({ adder, added }) => adder !== undefined && added?.value.addedBy === adder.id);
  if (pair === undefined) return { ok: true, value: undefined };
  return refuse(
    'NOT_ALLOWED',
    `${pair.adder?.id} added ${pair.added?.id}: another supervisor has to approve this request`,
  );
}

/** A no, by a supervisor or by whoever asked. Not once the device was told. */
export function decideReject(
  decider: Decider,
  records: Pick<ApproveRecords, 'request' | 'token'>,
  job: { readonly actor: Actor; readonly reason: string },
): StaffDecision<RequestRecord> {
  const { request, token } = records;
  const { actor, reason } = job;
  const allowed = checkAct(
    actor,
    'request.reject',
    request?.value.requester === actor.name ? 'own' : 'other',
  );
  if (!allowed.ok) return unchanged(allowed);
  if (request === undefined) return refuseDecision('SERVER_REFUSED', 'there is no such request');
  const { state } = request.value;
  if (state !== 'waiting' && state !== 'approved') {
    return refuseDecision('SERVER_REFUSED', `the request is ${state} already`);
  }
  const open = token?.value.transaction;
  if (open?.requestId === request.id && open.state !== 'RESERVED') {
    return refuseDecision('SERVER_REFUSED', 'the device was told already: plug it in again to finish');
  }
  const value: RequestRecord = { ...request.value, state: 'rejected', decidedAtMs: decider.nowMs };
  return {
    answer: { ok: true, value },
    change: changeOf({
      puts: [{ kind: 'request', id: request.id, expected: request.version, value }],
      checks: token === undefined ? [] : [{ kind: 'token', id: token.id, expected: token.version }],
      audit: [{ ...audit(value, { event: 'request.rejected', operator: actor.name }), reason }],
    }),
  };
}

function findWaiting(
  decider: Decider,
  records: ApproveRecords,
): StaffAnswer<{ readonly value: RequestRecord; readonly version: number }> {
  const { request } = records;
  if (request === undefined) return refuse('SERVER_REFUSED', 'there is no such request');
  const now = requestAt(request.value, decider.nowMs, decider.policy.staff.requestMs);
  if (now.state !== 'waiting') {
    return refuse('SERVER_REFUSED', `the request is ${now.state} already`);
  }
  return { ok: true, value: { value: request.value, version: request.version } };
}

function carryOut(
  decider: Decider,
  records: ApproveRecords,
  job: {
    readonly actor: Actor;
    readonly approved: RequestRecord;
    readonly version: number;
  },
): StaffDecision<RequestRecord> {
  const { approved, actor } = job;
  assert(records.token !== undefined, 'only a known device is changed');
  const opened = openStored(decider, records.token);
  if (!opened.ok) return unchanged(opened);
  const { transaction } = opened.value;
  if (transaction !== undefined && transaction.state !== 'RESERVED') {
    return refuseDecision(
      'SERVER_REFUSED',
      'the device is in the middle of something: plug it in again first',
    );
  }
  const used: RequestRecord = { ...approved, state: 'used' };
  const changed = withFobEffect(decider, opened.value, approved);
  const rest = replaceParts(decider, records, approved);
  if (!rest.ok) return unchanged(rest);
  const unlocked = approved.operation === 'unlock';
  const kind = unlocked
    ? 'device-unlocked'
    : approved.operation === 'replace'
      ? 'device-replaced'
      : 'device-bound';
  const fields = { serial: approved.serial };
  const { customer } = records;
  const mails: readonly Mail[] = [
    ...(customer === undefined ? [] : noticeMails(customer.value, { kind, fields })),
    ...(approved.operation === 'replace'
      ? bankMails(decider.bankMail, {
          kind,
          fields: { name: customer?.value.name ?? '', reason: approved.reason, ...fields },
        })
      : []),
  ];
  return {
    answer: { ok: true, value: used },
    change: changeOf({
      puts: [
        { kind: 'request', id: used.requestId, expected: job.version, value: used },
        putToken(decider, changed, records.token.version),
        ...(unlocked ? [] : customerPuts(records, approved)),
        ...rest.value,
      ],
      audit: [
        audit(used, { event: 'request.approved', operator: actor.name }),
        audit(used, { event: `device.${used.operation}`, operator: actor.name }),
        ...(rest.value.length === 0 || records.oldToken === undefined
          ? []
          : [
              {
                ...audit(used, { event: 'device.replaced', operator: actor.name }),
                subject: records.oldToken.id,
              },
            ]),
      ],
      mails,
    }),
  };
}

/** The fob after what needs no cable. A reservation that the device was never told of gives way. */
function withFobEffect(decider: Decider, token: TokenState, request: RequestRecord): TokenState {
  const { transaction: _reservation, ...rest } = token;
  if (request.operation === 'unlock') return unlockFactor(token);
  assert(rest.kind === 'fob' && request.customerId !== undefined, 'a binding of a fob has a customer');
  const ready = { ...rest, device: 'PROVISIONED' } as const;
  return bindFob(ready, { customerId: request.customerId, nowMs: decider.nowMs });
}

function customerPuts(records: ApproveRecords, request: RequestRecord): readonly Put<RecordTypes>[] {
  const { customer } = records;
  assert(customer !== undefined, 'a binding has a customer');
  const { serial, oldSerial } = request;
  const value = withFactor(customer.value, {
    serial,
    slot: 0,
    ...(oldSerial === undefined ? {} : { oldSerial }),
  });
  return [{ kind: 'customer', id: customer.id, expected: customer.version, value }];
}

function replaceParts(
  decider: Decider,
  records: ApproveRecords,
  request: RequestRecord,
): StaffAnswer<readonly Put<RecordTypes>[]> {
  const { oldToken } = records;
  if (request.operation !== 'replace' || oldToken === undefined || request.customerId === undefined) {
    return { ok: true, value: [] };
  }
  const opened = openStored(decider, oldToken);
  if (!opened.ok) return opened;
  const reason = `replaced by ${request.serial}: ${request.reason}`;
  const retired = replacedToken(opened.value, { customerId: request.customerId, reason });
  return { ok: true, value: [putToken(decider, retired, oldToken.version)] };
}

function audit(
  request: RequestRecord,
  entry: { readonly event: string; readonly operator: string },
): {
  readonly subject: string;
  readonly event: string;
  readonly operator: string;
  readonly approvers?: readonly string[];
  readonly customer?: string;
  readonly serial: string;
  readonly reason: string;
  readonly detail: Readonly<Record<string, string>>;
} {
  const { serial, reason, requestId, operation, customerId, requester, approver } = request;
  return {
    subject: serial,
    ...entry,
    ...(approver === undefined ? {} : { approvers: [requester, approver] }),
    ...(customerId === undefined ? {} : { customer: customerId }),
    ...{ serial, reason },
    detail: { requestId, operation },
  };
}
