import { assert, equalConstantTime, fromHex, toHex } from '@chiavetta/protocol/bytes';
import type { OperatorTicket } from '@chiavetta/protocol/keys';
import {
  customerHash,
  formatSerial,
  issueTicket,
  OPERATIONS,
  parseSerial,
  verifyTicket,
} from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { TicketRecord } from '../staff-records.ts';
import type { DeviceOperation, DeviceTransaction } from '../token-record.ts';
import type { StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';

/** What a ticket is minted from. */
export type TicketJob = {
  readonly txid: string;
  readonly operation: DeviceOperation;
  readonly serial: string;
  readonly slot: number;
  readonly customerId?: string;
  /** Operator ids of the person who asked and, where two are needed, of the one who approved. */
  readonly approvers: readonly [number, number];
  readonly nowMs: number;
  readonly lifetimeMs: number;
};

const NO_CUSTOMER = new Uint8Array(16);

/** Signs a ticket for one operation on one token. */
export function mintTicket(crypto: Crypto, ticketSecret: Uint8Array, job: TicketJob): Uint8Array {
  const serial = parseSerial(job.serial);
  assert(serial.ok, 'a stored serial is one');
  const issued = Math.floor(job.nowMs / 1000);
  return issueTicket({
    crypto,
    ticketSecret,
    body: {
      operation: OPERATIONS[job.operation],
      serial: serial.value,
      slot: job.slot,
      customerHash: job.customerId === undefined ? NO_CUSTOMER : customerHash(crypto, job.customerId),
      approver1: job.approvers[0],
      approver2: job.approvers[1],
      issued,
      expires: issued + Math.floor(job.lifetimeMs / 1000),
      nonce: bytesOfTxid(job.txid),
    },
  });
}

/**
 * The ticket of an interrupted transaction with the time of now: the same transaction, so that a token that has taken
 * a later ticket since (because this validator was restored from a copy) still answers what became of it.
 */
export function renewTicket(
  crypto: Crypto,
  ticketSecret: Uint8Array,
  job: { readonly ticket: OperatorTicket; readonly nowMs: number; readonly lifetimeMs: number },
): Uint8Array {
  const issued = Math.max(job.ticket.issued, Math.floor(job.nowMs / 1000));
  const expires = issued + Math.floor(job.lifetimeMs / 1000);
  return issueTicket({ crypto, ticketSecret, body: { ...job.ticket, issued, expires } });
}

/**
 * Whether a ticket allows the transaction, now and for the first time. `record` is what was stored when it was minted.
 */
export function checkTicket(job: {
  readonly crypto: Crypto;
  readonly ticketPublicKey: Uint8Array;
  readonly transaction: DeviceTransaction<unknown>;
  readonly serial: string;
  readonly record: TicketRecord | undefined;
  readonly nowMs: number;
}): StaffAnswer<OperatorTicket> {
  const { crypto, transaction, record, nowMs } = job;
  const { ticket } = transaction;
  if (ticket === undefined || record === undefined)
    return refuse('SERVER_REFUSED', 'there is no such ticket');
  const verified = verifyTicket({ crypto, ticket, ticketPublicKey: job.ticketPublicKey });
  if (!verified.ok) return refuse('SERVER_REFUSED', 'the ticket was not signed by this validator');
  if (record.usedAtMs !== undefined) return refuse('SERVER_REFUSED', 'the ticket was used before');
  if (nowMs >= record.expiresAtMs || nowMs >= verified.value.expires * 1000) {
    return refuse('SERVER_REFUSED', 'the ticket has expired: start again');
  }
  const { operation, serial, slot, nonce } = verified.value;
  const isForThis =
    operation === OPERATIONS[transaction.operation] &&
    record.operation === transaction.operation &&
    formatSerial(serial) === job.serial &&
    record.serial === job.serial &&
    slot === (transaction.slot ?? 0) &&
    record.slot === slot &&
    toHex(nonce) === transaction.txid &&
    record.txid === transaction.txid;
  return isForThis ? verified : refuse('SERVER_REFUSED', 'the ticket is for another operation or device');
}

/** A txid as it stands in tickets and messages: 16 bytes. */
export function bytesOfTxid(txid: string): Uint8Array {
  const bytes = fromHex(txid);
  assert(bytes.ok && bytes.value.length === 16, 'a txid is 16 bytes in hexadecimal');
  return bytes.value;
}

/** Whether a message names this transaction. */
export function isTxid(txid: string, bytes: Uint8Array): boolean {
  return equalConstantTime(bytesOfTxid(txid), bytes);
}
