import type { Layout } from '@chiavetta/protocol/bytes';
import { fieldBytes, fieldU8, fieldU32, fieldU64, layout } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { Board } from '../board.ts';
import { boardRandom } from '../board.ts';
import type { FlashMap } from '../flash-map.ts';
import { flashMap, placeOf } from '../flash-map.ts';
import { openFromFlash, SEALING_BYTES, sealForFlash } from '../flash-sealing.ts';
import { identityWish } from '../identity-record.ts';
import type { NvmOp } from '../records/index.ts';
import { planWrite, recordBody } from '../records/index.ts';
import { transactionWish } from '../serial/index.ts';

/** What stands beside the seed. */
export type FobSeedInfo = {
  /** 0: the fob has no seed yet. */
  readonly seedEpoch: number;
  /** `OTP_ALGORITHMS`. */
  readonly algorithm: number;
  /** `OTP_MODES`. */
  readonly mode: number;
  readonly digits: number;
  readonly stepSeconds: number;
};

/** A seed as it is staged and kept. The seed of a SHA-1 fob has 20 bytes, that of a SHA-256 fob 32. */
export type FobSeed = FobSeedInfo & { readonly seed: Uint8Array };

type StagedSeed = Omit<FobSeedInfo, 'seedEpoch'> & {
  readonly seedBytes: number;
  readonly seedField: Uint8Array;
};
type SeedRecord = FobSeedInfo & { readonly sealed: Uint8Array };
type CounterRecord = { readonly seedEpoch: number; readonly counter: bigint };

const SEED_FIELD_BYTES = 33;

const stagedSeedLayout: Layout<StagedSeed> = layout('staged fob seed', {
  algorithm: fieldU8,
  mode: fieldU8,
  digits: fieldU8,
  stepSeconds: fieldU8,
  seedBytes: fieldU8,
  seedField: fieldBytes(32),
});

const seedLayout: Layout<SeedRecord> = layout('fob seed record', {
  seedEpoch: fieldU32,
  algorithm: fieldU8,
  mode: fieldU8,
  digits: fieldU8,
  stepSeconds: fieldU8,
  sealed: fieldBytes(SEED_FIELD_BYTES + SEALING_BYTES),
});

const counterLayout: Layout<CounterRecord> = layout('fob counter record', {
  seedEpoch: fieldU32,
  counter: fieldU64,
});

/** The flash of a fob. */
export const FOB_FLASH: FlashMap = flashMap([
  identityWish(1),
  { name: 'seed', id: 2, bodyBytesMax: seedLayout.byteCount },
  { name: 'counter', id: 3, bodyBytesMax: counterLayout.byteCount },
  transactionWish({ id: 4, stagedBytesMax: stagedSeedLayout.byteCount, prekeyBytesMax: 0 }),
]);

/** What `stage` keeps until COMMIT. */
export function encodeStagedSeed(seed: Omit<FobSeed, 'seedEpoch'>): Uint8Array {
  const { algorithm, mode, digits, stepSeconds } = seed;
  const seedField = new Uint8Array(32);
  seedField.set(seed.seed);
  return stagedSeedLayout.encode({
    algorithm,
    mode,
    digits,
    stepSeconds,
    seedBytes: seed.seed.length,
    seedField,
  });
}

/** Reads what `encodeStagedSeed` wrote; `undefined` for every other bytes. Total. */
export function decodeStagedSeed(staged: Uint8Array): Omit<FobSeed, 'seedEpoch'> | undefined {
  const decoded = stagedSeedLayout.decode(staged);
  if (!decoded.ok) return undefined;
  const { seedBytes, seedField, ...info } = decoded.value;
  const seed = seedIn(seedField, seedBytes);
  return seed === undefined ? undefined : { ...info, seed };
}

/**
 * Puts a new seed in force: the counter starts at 0 first, the seed record comes last, because its epoch says that
 * all of it is done. A cut in between is repeated at the next power-on.
 */
export function planSeed(
  crypto: Crypto,
  board: Board,
  seed: FobSeed,
): { readonly board: Board; readonly ops: readonly NvmOp[] } {
  const { seedEpoch } = seed;
  const counter = planCounter(board, { seedEpoch, counter: 0n });
  const drawn = boardRandom(crypto, counter.board, 12);
  const record = { ...seed, elementKey: board.elementKey, nonce: drawn.bytes };
  const written = planWrite(FOB_FLASH, drawn.board.book, {
    name: 'seed',
    body: seedRecordBody(crypto, record),
  });
  return { board: { ...drawn.board, book: written.book }, ops: [...counter.ops, ...written.ops] };
}

/** Writes the counter of the next code. */
export function planCounter(
  board: Board,
  next: CounterRecord,
): { readonly board: Board; readonly ops: readonly NvmOp[] } {
  const change = planWrite(FOB_FLASH, board.book, { name: 'counter', body: counterLayout.encode(next) });
  return { board: { ...board, book: change.book }, ops: change.ops };
}

/** The parameters of the seed in force. */
export function readSeedInfo(board: Board): FobSeedInfo | undefined {
  const record = seedRecordOf(board);
  if (record === undefined) return undefined;
  const { sealed: _sealed, ...info } = record;
  return info;
}

/** The seed in force; `undefined` when it is damaged or sealed under another element. */
export function readSeed(crypto: Crypto, board: Board): FobSeed | undefined {
  const record = seedRecordOf(board);
  if (record === undefined) return undefined;
  const { sealed, ...info } = record;
  const recordId = placeOf(FOB_FLASH, 'seed').id;
  const field = openFromFlash(crypto, { elementKey: board.elementKey, recordId, sealed });
  const seed = field === undefined ? undefined : seedIn(field.subarray(1), field[0] ?? 0);
  return seed === undefined ? undefined : { ...info, seed };
}

/** The counter of the next code; `undefined` when the record is damaged or belongs to another seed. */
export function readCounter(board: Board, seedEpoch: number): bigint | undefined {
  const body = recordBody(board.book, 'counter');
  const decoded = body === undefined ? undefined : counterLayout.decode(body);
  return decoded?.ok && decoded.value.seedEpoch === seedEpoch ? decoded.value.counter : undefined;
}

/** The records of a fob that has no seed yet, for the factory. `nonce` is 12 random bytes. */
export function emptySeedRecords(
  crypto: Crypto,
  job: { readonly elementKey: Uint8Array; readonly nonce: Uint8Array },
): readonly { readonly name: string; readonly body: Uint8Array }[] {
  const none = { seedEpoch: 0, algorithm: 0, mode: 0, digits: 0, stepSeconds: 0, seed: new Uint8Array(0) };
  return [
    { name: 'seed', body: seedRecordBody(crypto, { ...none, ...job }) },
    { name: 'counter', body: counterLayout.encode({ seedEpoch: 0, counter: 0n }) },
  ];
}

/** The seed at the start of its field, or `undefined` when it cannot be that long or something follows it. */
function seedIn(field: Uint8Array, seedBytes: number): Uint8Array | undefined {
  const isClean = seedBytes <= field.length && field.subarray(seedBytes).every((byte) => byte === 0);
  return isClean ? field.slice(0, seedBytes) : undefined;
}

function seedRecordBody(
  crypto: Crypto,
  record: FobSeed & { readonly elementKey: Uint8Array; readonly nonce: Uint8Array },
): Uint8Array {
  const { seed, elementKey, nonce, ...info } = record;
  const plaintext = new Uint8Array(SEED_FIELD_BYTES);
  plaintext[0] = seed.length;
  plaintext.set(seed, 1);
  const recordId = placeOf(FOB_FLASH, 'seed').id;
  const sealed = sealForFlash(crypto, { elementKey, recordId, nonce, plaintext });
  return seedLayout.encode({ ...info, sealed });
}

function seedRecordOf(board: Board): SeedRecord | undefined {
  const body = recordBody(board.book, 'seed');
  const decoded = body === undefined ? undefined : seedLayout.decode(body);
  return decoded?.ok ? decoded.value : undefined;
}
