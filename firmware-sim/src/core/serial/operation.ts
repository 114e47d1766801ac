import type { Result } from '@chiavetta/protocol/bytes';
import type { Board } from '../board.ts';
import type { Screen } from '../device.ts';
import type { FlashMap, RecordWish } from '../flash-map.ts';
import type { NvmOp } from '../records/index.ts';

/** Codes of the ERROR and REFUSED messages, docs/spec/wire.md. */
export const REFUSAL = {
  version: 1,
  badState: 2,
  sessionDead: 3,
  badLength: 4,
  authority: 5,
  ticket: 6,
  refusedByPerson: 7,
  storage: 8,
  tamper: 9,
  blocked: 10,
  unsupported: 11,
} as const;

/** One of the codes of `REFUSAL`. */
export type RefusalCode = (typeof REFUSAL)[keyof typeof REFUSAL];

/** Who a device is, as its factory wrote it. */
export type SerialIdentity = {
  readonly serial: bigint;
  readonly model: number;
  readonly firmware: number;
  readonly capabilities: number;
  readonly opTimeMs: number;
  readonly maxFrameBytes: number;
  /** 158 bytes. */
  readonly certificate: Uint8Array;
  readonly x25519Secret: Uint8Array;
  readonly anchorPublicKey: Uint8Array;
};

/** An operation that the authority's ticket allows and whose PREPARE body has the right size. */
export type SerialRequest = {
  /** One of `OPERATIONS` of the keys package. */
  readonly operation: number;
  readonly slot: number;
  /** The ticket's nonce. */
  readonly txid: Uint8Array;
  /** The PREPARE body as sent; its first four bytes are the new seedEpoch, already checked to be above the device's. */
  readonly prepareBody: Uint8Array;
  readonly seedEpoch: number;
};

/** What a device keeps of an operation until COMMIT. */
export type StagedOperation = {
  /** At most `stagedBytesMax`: whatever `apply` needs; sealed by the serial core before it reaches flash. */
  readonly staged: Uint8Array;
  /** What READY carries after its MAC: the prekey block of an OTC token, nothing for a fob. At most `readyTailBytesMax`. */
  readonly readyTail: Uint8Array;
};

/** The part of a device's state that the serial core reads and changes. */
export type SerialCarrier = { readonly board: Board };

/**
 * What the serial core asks of a device. All functions are pure.
 *
 * Order of calls for one operation: `review` (before anyone is asked), the person's OK, `stage`; the serial core writes
 * the transaction record and answers READY; at COMMIT it flips that record's commit word and only then calls `apply`,
 * whose operations it waits for before DONE. When power fails in between, the next power-on calls `apply` again.
 */
export interface SerialDevice<D extends SerialCarrier> {
  readonly identity: (device: D) => SerialIdentity;
  /** seedEpoch of the last operation whose `apply` is in flash; 0 from the factory. `apply` of a transaction writes it. */
  readonly appliedEpoch: (device: D) => number;
  /** The device's flash map; it has the record of `transactionWish`. */
  readonly map: FlashMap;
  /** Whether the device can do this now, and the screen that asks a person for OK. */
  readonly review: (device: D, request: SerialRequest) => Result<Screen, RefusalCode>;
  /** How many seed bytes to derive for the request: 20 or 32 for a fob, 0 for an OTC token. */
  readonly seedBytes: (request: SerialRequest) => 0 | 20 | 32;
  /** Prepares the operation in RAM (draws keys from `device.board.rng`) and says what to keep. Plans no write itself. */
  readonly stage: (
    device: D,
    request: SerialRequest,
    seed: Uint8Array,
  ) => Result<{ readonly device: D; readonly operation: StagedOperation }, RefusalCode>;
  /** Makes a committed operation true: the writes, idempotent by `seedEpoch`, and the RAM state that goes with them. */
  readonly apply: (
    device: D,
    transaction: {
      readonly operation: number;
      readonly slot: number;
      readonly seedEpoch: number;
      readonly staged: Uint8Array;
    },
  ) => { readonly device: D; readonly ops: readonly NvmOp[] };
}

/** Bytes of the transaction record that are not device-specific. */
export const TRANSACTION_FIXED_BYTES = 160;

/** The transaction record that a device's flash map must have for the serial core. */
export function transactionWish(wish: {
  readonly id: number;
  readonly stagedBytesMax: number;
  readonly readyTailBytesMax: number;
}): RecordWish {
  return {
    name: 'transaction',
    id: wish.id,
    bodyBytesMax: TRANSACTION_FIXED_BYTES + wish.stagedBytesMax + wish.readyTailBytesMax,
  };
}
