import type { Result } from '@chiavetta/protocol/bytes';
import type { TokenSerial } from '@chiavetta/protocol/keys';
import type { PrekeyBlock, PrepareBody, WireErrorName } from '@chiavetta/protocol/wire';
import type { Board } from '../board.ts';
import type { Screen } from '../device.ts';
import type { FlashMap, RecordWish } from '../flash-map.ts';
import type { NvmOp } from '../records/index.ts';
import type { SerialState } from './serial-state.ts';

/** Who a device is, as its factory wrote it. */
export type SerialIdentity = {
  readonly serial: TokenSerial;
  readonly model: number;
  readonly firmware: number;
  readonly capabilities: number;
  readonly opTimeMs: number;
  /** 158 bytes. */
  readonly certificate: Uint8Array;
  readonly x25519Secret: Uint8Array;
  readonly anchorPublicKey: Uint8Array;
};

/** An operation that the authority's ticket allows and whose PREPARE body decodes. */
export type SerialRequest = {
  readonly prepare: PrepareBody;
  /** The ticket's nonce, 16 bytes. */
  readonly txid: Uint8Array;
};

/** What a device keeps of an operation until COMMIT. */
export type StagedOperation = {
  /** At most `stagedBytesMax`: whatever `apply` needs; sealed by the serial core before it reaches flash. */
  readonly staged: Uint8Array;
  /** What READY carries after its MAC: BIND, RESET and REKEY of an OTC token. */
  readonly prekeys?: PrekeyBlock;
};

/** The part of a device's state that the serial core reads and changes. */
export type SerialCarrier = { readonly board: Board; readonly serial: SerialState };

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
  /** What the link announces in HELLO, 256 to 1,024. */
  readonly frameLimitBytes: number;
  /** Whether the device can do this now, and the screen that asks a person for OK. */
  readonly review: (device: D, request: SerialRequest) => Result<Screen, WireErrorName>;
  /** How many seed bytes to derive: 20 or 32 for a fob's PROVISION, 0 otherwise. */
  readonly seedBytes: (prepare: PrepareBody) => 0 | 20 | 32;
  /** Prepares the operation in RAM (draws keys from `device.board.rng`) and says what to keep. Plans no write itself. */
  readonly stage: (
    device: D,
    request: SerialRequest,
    seed: Uint8Array,
  ) => Result<{ readonly device: D; readonly operation: StagedOperation }, WireErrorName>;
  /** Makes a committed operation true: the writes, idempotent by `seedEpoch`, and the RAM state that goes with them. */
  readonly apply: (
    device: D,
    transaction: {
      /** One of `OPERATIONS` of the keys package. */
      readonly operation: number;
      readonly seedEpoch: number;
      readonly staged: Uint8Array;
    },
  ) => { readonly device: D; readonly ops: readonly NvmOp[] };
}

/** Name of the transaction record in every flash map. */
export const TRANSACTION_RECORD = 'transaction';

/** The transaction record that a device's flash map must have for the serial core. */
export function transactionWish(wish: {
  readonly id: number;
  readonly stagedBytesMax: number;
  /** 0, or 321 where READY carries a prekey block. */
  readonly prekeyBytesMax: number;
}): RecordWish {
  return {
    name: TRANSACTION_RECORD,
    id: wish.id,
    bodyBytesMax: TRANSACTION_FIXED_BYTES + wish.stagedBytesMax + wish.prekeyBytesMax,
  };
}

/** Bytes of the transaction record that are not device-specific, and of sealing. */
const TRANSACTION_FIXED_BYTES = 160;
