import type { Layout } from '@chiavetta/protocol/bytes';
import { fieldU8, fieldU32, layout, readUint } from '@chiavetta/protocol/bytes';
import { LOCK_CODE_DIGITS } from '@chiavetta/protocol/otc';
import type { Board } from '../board.ts';
import { recordBody } from '../records/index.ts';

/** Wrong PINs in a row that block a token. */
export const PIN_TRIES_MAX = 5;

/** Name of the tries record. */
export const TRIES_RECORD = 'tries';

/** How many PINs can still be tried, as it stands in flash. Nothing in it is secret. */
export type PinTries = {
  /** Counts only while it equals the vault's. */
  readonly epoch: number;
  readonly left: number;
  /** 8 digits, made once per block; `undefined` until it is made. */
  readonly lockCode: string | undefined;
};

type StoredTries = { readonly epoch: number; readonly left: number; readonly lockCode: number };

const triesLayout: Layout<StoredTries> = layout('tries record', {
  epoch: fieldU32,
  left: fieldU8,
  lockCode: fieldU32,
});
const NO_LOCK_CODE = 0xffff_ffff;
const LOCK_CODE_COUNT = 10 ** LOCK_CODE_DIGITS;

/** Bytes of the tries record. */
export const TRIES_BYTES: number = triesLayout.byteCount;

/** The tries of a token whose PIN is new or was just right. */
export function fullTries(epoch: number): PinTries {
  return { epoch, left: PIN_TRIES_MAX, lockCode: undefined };
}

/** The body of a tries record. */
export function encodeTries(tries: PinTries): Uint8Array {
  const lockCode = tries.lockCode === undefined ? NO_LOCK_CODE : Number(tries.lockCode);
  return triesLayout.encode({ ...tries, lockCode });
}

/**
 * The tries that count now. A record of another epoch is void: the new PIN or the UNLOCK that counted the epoch up
 * gave all tries back in the same flash record. A lost record leaves no try: the branch can unlock, a thief cannot.
 */
export function readTries(board: Board, epoch: number): PinTries {
  const body = recordBody(board.book, TRIES_RECORD);
  const stored = body === undefined ? undefined : triesLayout.decode(body);
  if (!stored?.ok) return { epoch, left: 0, lockCode: undefined };
  if (stored.value.epoch !== epoch) return fullTries(epoch);
  const { left, lockCode } = stored.value;
  return {
    epoch,
    left: Math.min(left, PIN_TRIES_MAX),
    lockCode: lockCode < LOCK_CODE_COUNT ? lockCodeText(lockCode) : undefined,
  };
}

/** A lock code from 8 random bytes: 64 bits leave no digit likelier than another. */
export function lockCodeFrom(random: Uint8Array): string {
  const high = readUint(random.subarray(0, 4)) % LOCK_CODE_COUNT;
  const low = readUint(random.subarray(4, 8));
  return lockCodeText(Number((BigInt(high) * 0x1_0000_0000n + BigInt(low)) % BigInt(LOCK_CODE_COUNT)));
}

function lockCodeText(code: number): string {
  return code.toString().padStart(LOCK_CODE_DIGITS, '0');
}
