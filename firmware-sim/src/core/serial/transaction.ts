import type { Result } from '@chiavetta/protocol/bytes';
import { assert, equalConstantTime, ok } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import { deriveProvisioning, readyMac } from '@chiavetta/protocol/session';
import type { SessionMessage, WireErrorName } from '@chiavetta/protocol/wire';
import { TRANSACTION_STATES, WIRE_ERRORS } from '@chiavetta/protocol/wire';
import type { NvmOp } from '../records/index.ts';
import { planFlag } from '../records/index.ts';
import type { SerialCarrier, SerialDevice } from './operation.ts';
import { TRANSACTION_RECORD } from './operation.ts';
import type { SerialAsking, SerialPermit } from './serial-state.ts';
import type { TransactionRecord } from './transaction-record.ts';
import {
  lastDone,
  openStaged,
  planTransaction,
  readTransaction,
  sealStaged,
  TRANSACTION_NONE,
} from './transaction-record.ts';

type Setup<D extends SerialCarrier> = { readonly crypto: Crypto; readonly hooks: SerialDevice<D> };

/** What COMMIT or DISCARD comes to. */
export type TransactionPlan<D> =
  | { readonly tag: 'answer'; readonly message: SessionMessage }
  | {
      readonly tag: 'write';
      readonly device: D;
      readonly ops: readonly NvmOp[];
      readonly message: SessionMessage;
    }
  /** After these operations the transaction is committed; it then has to be applied. */
  | { readonly tag: 'flip'; readonly device: D; readonly ops: readonly NvmOp[] };

/** The device's transaction record; a device whose record is damaged does not get this far. */
export function transactionOf<D extends SerialCarrier>(device: D): TransactionRecord {
  const record = readTransaction(device.board);
  assert(record !== undefined, 'a running device has a transaction record');
  return record;
}

/** The highest epoch that the device has committed: what HELLO announces and PREPARE has to exceed. */
export function highestEpoch<D extends SerialCarrier>(setup: Setup<D>, device: D): number {
  return Math.max(setup.hooks.appliedEpoch(device), lastDone(transactionOf(device)).seedEpoch);
}

/** Derives the seed, lets the device stage the operation and plans the record that makes it durable. */
export function stageOperation<D extends SerialCarrier>(
  setup: Setup<D>,
  device: D,
  asking: SerialAsking,
): Result<
  { readonly device: D; readonly ops: readonly NvmOp[]; readonly message: SessionMessage },
  WireErrorName
> {
  const { crypto, hooks } = setup;
  const { prepare, prepareBody, permit, exporter } = asking;
  const { txid, issuedS } = permit;
  const { seed, readyKey } = deriveProvisioning(crypto, {
    exporter,
    txid,
    serial: hooks.identity(device).serial,
    seedEpoch: prepare.seedEpoch,
    seedBytes: hooks.seedBytes(prepare),
  });
  const staged = hooks.stage(device, { prepare, txid }, seed);
  if (!staged.ok) return staged;
  const { operation } = staged.value;
  const before = transactionOf(staged.value.device);
  const { board, sealed } = sealStaged(crypto, hooks.map, {
    board: staged.value.device.board,
    staged: operation.staged,
  });
  const mac = readyMac(crypto, { readyKey, txid, prepareBody });
  const change = planTransaction(hooks.map, board, {
    state: 'staged',
    operation: permit.operation,
    seedEpoch: prepare.seedEpoch,
    txid,
    mac,
    ticketIssuedS: Math.max(issuedS, before.ticketIssuedS),
    ticketNonce: txid,
    done: lastDone(before),
    prekeys: operation.prekeys,
    sealed,
  });
  return ok({
    device: { ...staged.value.device, board: { ...board, book: change.book } },
    ops: change.ops,
    message: { tag: 'ready', mac, ...prekeysOf(operation) },
  });
}

/** What became of a transaction: the answer that lets a validator decide after a lost session. */
export function statusOf<D extends SerialCarrier>(
  setup: Setup<D>,
  device: D,
  txid: Uint8Array,
): SessionMessage {
  const record = transactionOf(device);
  const seedEpoch = highestEpoch(setup, device);
  if (record.state !== 'empty' && equalConstantTime(record.txid, txid)) {
    const state = TRANSACTION_STATES[record.state];
    return { tag: 'statusReply', state, mac: record.mac, seedEpoch, ...prekeysOf(record) };
  }
  const { done } = record;
  if (done.seedEpoch > 0 && equalConstantTime(done.txid, txid)) {
    return { tag: 'statusReply', state: TRANSACTION_STATES.committed, mac: done.mac, seedEpoch };
  }
  return { tag: 'statusReply', state: TRANSACTION_STATES.unknown, mac: new Uint8Array(32), seedEpoch };
}

/** COMMIT: flips the commit word of a staged transaction; says DONE again for a committed one. */
export function planCommit<D extends SerialCarrier>(
  setup: Setup<D>,
  device: D,
  permit: SerialPermit,
): TransactionPlan<D> {
  const record = transactionOf(device);
  const isCurrent = record.state !== 'empty' && equalConstantTime(record.txid, permit.txid);
  if (isCurrent && record.state === 'staged' && record.operation === permit.operation) {
    const change = planFlag(setup.hooks.map, device.board.book, TRANSACTION_RECORD);
    return { tag: 'flip', device: withBook(device, change.book), ops: change.ops };
  }
  const done = lastDone(record);
  if (done.seedEpoch > 0 && equalConstantTime(done.txid, permit.txid)) {
    return { tag: 'answer', message: { tag: 'done', txid: done.txid, seedEpoch: done.seedEpoch } };
  }
  return { tag: 'answer', message: { tag: 'refused', code: WIRE_ERRORS.badState } };
}

/** DISCARD: forgets a staged transaction. A committed one cannot be discarded; an unknown one already is. */
export function planDiscard<D extends SerialCarrier>(
  setup: Setup<D>,
  device: D,
  permit: SerialPermit,
): TransactionPlan<D> {
  const record = transactionOf(device);
  const done = lastDone(record);
  if (done.seedEpoch > 0 && equalConstantTime(done.txid, permit.txid)) {
    return { tag: 'answer', message: { tag: 'refused', code: WIRE_ERRORS.badState } };
  }
  const message: SessionMessage = { tag: 'discarded', txid: permit.txid };
  const isStaged = record.state === 'staged' && equalConstantTime(record.txid, permit.txid);
  if (!isStaged) return { tag: 'answer', message };
  const { ticketIssuedS, ticketNonce } = record;
  const change = planTransaction(setup.hooks.map, device.board, {
    ...TRANSACTION_NONE,
    ticketIssuedS,
    ticketNonce,
    done,
  });
  return { tag: 'write', device: withBook(device, change.book), ops: change.ops, message };
}

/** Makes the committed transaction true in the device; doing it again changes nothing. */
export function applyCommitted<D extends SerialCarrier>(
  setup: Setup<D>,
  device: D,
): { readonly device: D; readonly ops: readonly NvmOp[]; readonly record: TransactionRecord } {
  const record = transactionOf(device);
  assert(record.state === 'committed', 'only a committed transaction is applied');
  const staged = openStaged(setup.crypto, setup.hooks.map, { board: device.board, sealed: record.sealed });
  const { operation, seedEpoch } = record;
  return { ...setup.hooks.apply(device, { operation, seedEpoch, staged }), record };
}

/** At power-on: finishes a commit that a power cut interrupted between its word and its effect. */
export function serialRecover<D extends SerialCarrier>(
  setup: Setup<D>,
  device: D,
): { readonly device: D; readonly ops: readonly NvmOp[] } {
  const record = transactionOf(device);
  if (record.state !== 'committed' || setup.hooks.appliedEpoch(device) >= record.seedEpoch) {
    return { device, ops: [] };
  }
  return applyCommitted(setup, device);
}

function withBook<D extends SerialCarrier>(device: D, book: D['board']['book']): D {
  return { ...device, board: { ...device.board, book } };
}

function prekeysOf(source: { readonly prekeys?: TransactionRecord['prekeys'] }): {
  readonly prekeys?: NonNullable<TransactionRecord['prekeys']>;
} {
  return source.prekeys === undefined ? {} : { prekeys: source.prekeys };
}
