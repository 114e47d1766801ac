import type { Layout } from '@chiavetta/protocol/bytes';
import {
  assert,
  concatBytes,
  fieldBytes,
  fieldU8,
  fieldU16,
  fieldU32,
  layout,
} from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { PrekeyBlock } from '@chiavetta/protocol/wire';
import { prekeyBlockLayout } from '@chiavetta/protocol/wire';
import type { Board } from '../board.ts';
import { boardRandom } from '../board.ts';
import type { FlashMap } from '../flash-map.ts';
import { placeOf } from '../flash-map.ts';
import { openFromFlash, sealForFlash } from '../flash-sealing.ts';
import type { BookChange } from '../records/index.ts';
import { planWrite, recordBody, recordFlagged } from '../records/index.ts';
import { TRANSACTION_RECORD } from './operation.ts';

type TransactionHead = {
  /** 0 nothing is staged, 1 an operation is; its commit word says whether it is committed. */
  readonly state: number;
  readonly operation: number;
  readonly seedEpoch: number;
  readonly txid: Uint8Array;
  /** The READY MAC. */
  readonly mac: Uint8Array;
  /** Issue time and nonce of the last accepted ticket. */
  readonly ticketIssuedS: number;
  readonly ticketNonce: Uint8Array;
  /** The committed operation before this one. */
  readonly doneTxid: Uint8Array;
  readonly doneMac: Uint8Array;
  readonly doneEpoch: number;
  readonly prekeyBytes: number;
  readonly sealedBytes: number;
};

const transactionHeadLayout: Layout<TransactionHead> = layout('transaction record', {
  state: fieldU8,
  operation: fieldU8,
  seedEpoch: fieldU32,
  txid: fieldBytes(16),
  mac: fieldBytes(32),
  ticketIssuedS: fieldU32,
  ticketNonce: fieldBytes(16),
  doneTxid: fieldBytes(16),
  doneMac: fieldBytes(32),
  doneEpoch: fieldU32,
  prekeyBytes: fieldU16,
  sealedBytes: fieldU16,
});

/** A finished operation, as far as a status question needs it. */
export type DoneOperation = {
  readonly txid: Uint8Array;
  readonly mac: Uint8Array;
  readonly seedEpoch: number;
};

/** The one operation that a device has staged or committed last, and the tickets it remembers. */
export type TransactionRecord = {
  readonly state: 'empty' | 'staged' | 'committed';
  readonly operation: number;
  readonly seedEpoch: number;
  readonly txid: Uint8Array;
  readonly mac: Uint8Array;
  readonly ticketIssuedS: number;
  readonly ticketNonce: Uint8Array;
  readonly done: DoneOperation;
  readonly prekeys: PrekeyBlock | undefined;
  /** Still sealed: opened only to apply it. */
  readonly sealed: Uint8Array;
};

const NO_TXID = new Uint8Array(16);
const NO_MAC = new Uint8Array(32);

/** What a device from the factory knows of operations: none. */
export const TRANSACTION_NONE: TransactionRecord = {
  state: 'empty',
  operation: 0,
  seedEpoch: 0,
  txid: NO_TXID,
  mac: NO_MAC,
  ticketIssuedS: 0,
  ticketNonce: NO_TXID,
  done: { txid: NO_TXID, mac: NO_MAC, seedEpoch: 0 },
  prekeys: undefined,
  sealed: new Uint8Array(0),
};

/** Reads the transaction record; `undefined` when the record is there but is not one: storage is damaged. */
export function readTransaction(board: Board): TransactionRecord | undefined {
  const body = recordBody(board.book, TRANSACTION_RECORD);
  if (body === undefined) return undefined;
  const head = transactionHeadLayout.decode(body.subarray(0, transactionHeadLayout.byteCount));
  if (!head.ok) return undefined;
  const { prekeyBytes, sealedBytes, state, doneTxid, doneMac, doneEpoch, ...rest } = head.value;
  const tail = body.subarray(transactionHeadLayout.byteCount);
  if (tail.length !== prekeyBytes + sealedBytes || state > 1) return undefined;
  const prekeys = prekeyBytes === 0 ? undefined : prekeyBlockLayout.decode(tail.subarray(0, prekeyBytes));
  if (prekeys !== undefined && !prekeys.ok) return undefined;
  const committed = recordFlagged(board.book, TRANSACTION_RECORD);
  return {
    ...rest,
    state: state === 0 ? 'empty' : committed ? 'committed' : 'staged',
    done: { txid: doneTxid, mac: doneMac, seedEpoch: doneEpoch },
    prekeys: prekeys?.value,
    sealed: tail.slice(prekeyBytes),
  };
}

/** The body of a record in which nothing or one operation is staged: also what the factory writes. */
export function encodeTransaction(record: TransactionRecord): Uint8Array {
  const prekeys = record.prekeys === undefined ? new Uint8Array(0) : prekeyBlockLayout.encode(record.prekeys);
  const head = transactionHeadLayout.encode({
    state: record.state === 'empty' ? 0 : 1,
    operation: record.operation,
    seedEpoch: record.seedEpoch,
    txid: record.txid,
    mac: record.mac,
    ticketIssuedS: record.ticketIssuedS,
    ticketNonce: record.ticketNonce,
    doneTxid: record.done.txid,
    doneMac: record.done.mac,
    doneEpoch: record.done.seedEpoch,
    prekeyBytes: prekeys.length,
    sealedBytes: record.sealed.length,
  });
  return concatBytes(head, prekeys, record.sealed);
}

/** The last committed operation, which a record that is written next has to carry on. */
export function lastDone(record: TransactionRecord): DoneOperation {
  if (record.state !== 'committed') return record.done;
  return { txid: record.txid, mac: record.mac, seedEpoch: record.seedEpoch };
}

/** Seals what a device staged. */
export function sealStaged(
  crypto: Crypto,
  map: FlashMap,
  job: { readonly board: Board; readonly staged: Uint8Array },
): { readonly board: Board; readonly sealed: Uint8Array } {
  const drawn = boardRandom(crypto, job.board, 12);
  const sealed = sealForFlash(crypto, {
    elementKey: drawn.board.elementKey,
    recordId: placeOf(map, TRANSACTION_RECORD).id,
    nonce: drawn.bytes,
    plaintext: job.staged,
  });
  return { board: drawn.board, sealed };
}

/** Opens what `sealStaged` sealed. */
export function openStaged(
  crypto: Crypto,
  map: FlashMap,
  job: { readonly board: Board; readonly sealed: Uint8Array },
): Uint8Array {
  const staged = openFromFlash(crypto, {
    elementKey: job.board.elementKey,
    recordId: placeOf(map, TRANSACTION_RECORD).id,
    sealed: job.sealed,
  });
  // The record's CRC held and only this device writes it under this key.
  assert(staged !== undefined, 'a device opens what it sealed');
  return staged;
}

/** Plans the write of a new transaction record. */
export function planTransaction(map: FlashMap, board: Board, record: TransactionRecord): BookChange {
  return planWrite(map, board.book, { name: TRANSACTION_RECORD, body: encodeTransaction(record) });
}
