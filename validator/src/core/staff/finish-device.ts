import { assert } from '@chiavetta/protocol/bytes';
import type { Mail, MailKind } from '../../ports/mail.ts';
import type { Put, StoredRecord } from '../../ports/store.ts';
import { changeOf } from '../../ports/store.ts';
import type { Decider } from '../decision.ts';
import { bankMails, noticeMails } from '../notices.ts';
import type { RecordTypes } from '../records.ts';
import type { StoredCustomer, StoredToken } from '../stored.ts';
import type { DeviceOperation, DeviceTransaction, Token, TokenState } from '../token-record.ts';
import { finishedToken, replacedToken, withFactor, withoutFactors } from './apply-operation.ts';
import { findTransaction } from './settle-device.ts';
import type { StaffAnswer } from './staff-answer.ts';
import type { StaffDecision } from './staff-decision.ts';
import { deviceAudit, openStored, putToken, unchanged } from './staff-decision.ts';

/** Everything that a finished transaction may change, read at one moment. */
export type FinishRecords = {
  readonly token: StoredToken | undefined;
  readonly ticket: StoredRecord<RecordTypes, 'ticket'> | undefined;
  readonly request: StoredRecord<RecordTypes, 'request'> | undefined;
  /** The device that a replacement retires. */
  readonly oldToken: StoredToken | undefined;
  /** The transaction's customer and everybody who is bound to the token. */
  readonly customers: readonly StoredCustomer[];
};

/** What became true with the commit. */
export type Finished = {
  readonly operation: DeviceOperation;
  readonly requestId?: string;
  readonly deviceState: string;
  readonly prekeysLeft?: number;
};

/**
 * Makes the committed operation true at the validator: the token, its customer, the request and, for a replacement, the
 * old device change together or not at all.
 */
export function decideFinish(
  decider: Decider,
  records: FinishRecords,
  job: { readonly txid: string; readonly operator: string },
): StaffDecision<Finished> {
  const found = findTransaction(decider, records.token, job.txid);
  if (!found.ok) return unchanged(found);
  const { token, transaction, version } = found.value;
  const finished = finishedToken(token, decider.nowMs);
  const { request } = records;
  const oldPuts = replacePuts(decider, records, transaction);
  if (!oldPuts.ok) return unchanged(oldPuts);
  const { operation, requestId } = transaction;
  const puts: Put<RecordTypes>[] = [
    putToken(decider, finished, version),
    ...customerPuts(records, transaction, token.serial),
    ...oldPuts.value,
  ];
  if (request !== undefined) {
    const { id, version: expected, value } = request;
    puts.push({ kind: 'request', id, expected, value: { ...value, state: 'used' } });
  }
  return {
    answer: {
      ok: true,
      value: {
        operation,
        ...(requestId === undefined ? {} : { requestId }),
        deviceState: finished.device,
        ...(finished.kind === 'otc' ? { prekeysLeft: finished.prekeys.length } : {}),
      },
    },
    change: changeOf({
      puts,
      removes:
        records.ticket === undefined
          ? []
          : [{ kind: 'ticket', id: records.ticket.id, expected: records.ticket.version }],
      audit: auditOf(records, transaction, { serial: token.serial, operator: job.operator }),
      mails: mailsOf(decider, records, { transaction, token }),
    }),
  };
}

/** Whose customers' records a transaction may touch: the caller reads them. */
export function customersOf(
  token: Pick<Token<unknown>, 'bindings'>,
  transaction: DeviceTransaction<unknown>,
): readonly string[] {
  const bound = token.bindings.filter((one) => one.overlay !== 'REVOKED').map((one) => one.customerId);
  return [...new Set([...(transaction.customerId === undefined ? [] : [transaction.customerId]), ...bound])];
}

function replacePuts(
  decider: Decider,
  records: FinishRecords,
  transaction: DeviceTransaction<unknown>,
): StaffAnswer<readonly Put<RecordTypes>[]> {
  const { request, oldToken } = records;
  const { customerId } = transaction;
  if (request?.value.operation !== 'replace' || oldToken === undefined || customerId === undefined) {
    return { ok: true, value: [] };
  }
  const opened = openStored(decider, oldToken);
  if (!opened.ok) return opened;
  const reason = `replaced by ${request.value.serial}: ${request.value.reason}`;
  const retired = replacedToken(opened.value, { customerId, reason });
  return { ok: true, value: [putToken(decider, retired, oldToken.version)] };
}

function customerPuts(
  records: FinishRecords,
  transaction: DeviceTransaction<unknown>,
  serial: string,
): readonly Put<RecordTypes>[] {
  const { operation, customerId, slot = 0 } = transaction;
  const stored = records.customers.find((one) => one.id === customerId);
  if (customerId === undefined) return [];
  assert(stored !== undefined, 'a customer is never removed');
  const oldSerial = records.request?.value.operation === 'replace' ? records.oldToken?.id : undefined;
  const key = { kind: 'customer', id: stored.id, expected: stored.version } as const;
  if (operation === 'bind' || operation === 'provision') {
    const device = { serial, slot, ...(oldSerial === undefined ? {} : { oldSerial }) };
    return [{ ...key, value: withFactor(stored.value, device) }];
  }
  return operation === 'revoke' ? [{ ...key, value: withoutFactors(stored.value, serial, slot) }] : [];
}

const NOTICES: Readonly<Record<DeviceOperation, MailKind>> = {
  provision: 'device-bound',
  bind: 'device-bound',
  unlock: 'device-unlocked',
  reset: 'device-reset',
  rekey: 'device-reset',
  revoke: 'device-blocked',
};

function mailsOf(
  decider: Decider,
  records: FinishRecords,
  job: {
    readonly transaction: DeviceTransaction<unknown>;
    readonly token: TokenState;
  },
): readonly Mail[] {
  const { operation, customerId } = job.transaction;
  const isReplace = records.request?.value.operation === 'replace';
  const kind = isReplace ? 'device-replaced' : NOTICES[operation];
  // RESET and UNLOCK concern everybody who uses the token, the others the one customer of the slot.
  const isForAll = operation === 'reset' || operation === 'unlock';
  const told = records.customers.filter((one) => isForAll || one.id === customerId);
  const fields = { serial: job.token.serial };
  const mails = told.flatMap(({ value }) => noticeMails(value, { kind, fields }));
  const isLoss = isReplace || operation === 'revoke';
  const name = told.map(({ value }) => value.name).join(', ');
  const reason = records.request?.value.reason ?? 'taken off the device at the branch';
  const notice = { kind, fields: { name, reason, ...fields } };
  return isLoss ? [...mails, ...bankMails(decider.bankMail, notice)] : mails;
}

function auditOf(
  records: FinishRecords,
  transaction: DeviceTransaction<unknown>,
  job: { readonly serial: string; readonly operator: string },
): ReturnType<typeof deviceAudit>[] {
  const { request, oldToken } = records;
  const { customerId, operation, txid, seedEpoch } = transaction;
  const people = {
    operator: job.operator,
    ...(request?.value.approver === undefined
      ? {}
      : { approvers: [request.value.requester, request.value.approver] }),
    ...(customerId === undefined ? {} : { customer: customerId }),
    ...(request === undefined ? {} : { reason: request.value.reason }),
  };
  const done = deviceAudit(job.serial, {
    ...people,
    event: `device.${operation}`,
    detail: { txid, seedEpoch, ...(request === undefined ? {} : { requestId: request.id }) },
  });
  if (request?.value.operation !== 'replace' || oldToken === undefined) return [done];
  const retired = deviceAudit(oldToken.id, {
    ...people,
    event: 'device.replaced',
    detail: { by: job.serial, requestId: request.id },
  });
  return [done, retired];
}
