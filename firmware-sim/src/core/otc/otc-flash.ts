import { concatBytes } from '@chiavetta/protocol/bytes';
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
import { LANGUAGE_BYTES, LANGUAGE_RECORD } from './language.ts';
import { TRIES_BYTES, TRIES_RECORD } from './pin-tries.ts';
import { STAGED_BYTES_MAX } from './staged-operation.ts';
import type { Vault } from './vault.ts';
import { decodeVault, encodeVault, VAULT_BYTES_MAX } from './vault-codec.ts';

/** Name of the vault record. */
export const VAULT_RECORD = 'vault';

const PREKEY_BLOCK_BYTES = 321;

/** The flash of the OTC token. docs/spec/devices.md, "OTC flash". */
export const OTC_FLASH: FlashMap = flashMap([
  identityWish(1),
  transactionWish({ id: 2, stagedBytesMax: STAGED_BYTES_MAX, prekeyBytesMax: PREKEY_BLOCK_BYTES }),
  { name: VAULT_RECORD, id: 3, bodyBytesMax: VAULT_BYTES_MAX + SEALING_BYTES },
  { name: TRIES_RECORD, id: 4, bodyBytesMax: TRIES_BYTES },
  { name: LANGUAGE_RECORD, id: 5, bodyBytesMax: LANGUAGE_BYTES },
]);

/** The vault as bytes for flash. `nonce`: 12 random bytes, fresh for each write. */
export function sealVault(
  crypto: Crypto,
  job: { readonly elementKey: Uint8Array; readonly nonce: Uint8Array; readonly vault: Vault },
): Uint8Array {
  const { elementKey, nonce } = job;
  return sealForFlash(crypto, {
    elementKey,
    recordId: placeOf(OTC_FLASH, VAULT_RECORD).id,
    nonce,
    plaintext: encodeVault(job.vault),
  });
}

/** Reads the vault; `undefined` when the record is lost or belongs to another token's element. */
export function readVault(crypto: Crypto, board: Board): Vault | undefined {
  const sealed = recordBody(board.book, VAULT_RECORD);
  if (sealed === undefined) return undefined;
  const recordId = placeOf(OTC_FLASH, VAULT_RECORD).id;
  const plaintext = openFromFlash(crypto, { elementKey: board.elementKey, recordId, sealed });
  return plaintext === undefined ? undefined : decodeVault(concatBytes(plaintext));
}

/** A board whose book has changed, and the operations that make it true in flash. */
export type BoardWrite = { readonly board: Board; readonly ops: readonly NvmOp[] };

/** Plans the write of the vault. */
export function planVault(crypto: Crypto, board: Board, vault: Vault): BoardWrite {
  const drawn = boardRandom(crypto, board, 12);
  const body = sealVault(crypto, { elementKey: board.elementKey, nonce: drawn.bytes, vault });
  return planRecord(drawn.board, { name: VAULT_RECORD, body });
}

/** Plans the write of a record that holds no secret. */
export function planRecord(
  board: Board,
  record: { readonly name: string; readonly body: Uint8Array },
): BoardWrite {
  const change = planWrite(OTC_FLASH, board.book, record);
  return { board: { ...board, book: change.book }, ops: change.ops };
}
