import type { Layout } from '@chiavetta/protocol/bytes';
import { concatBytes, fieldBytes, layout } from '@chiavetta/protocol/bytes';
import { CERTIFICATE_BYTES } from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { Board } from './board.ts';
import type { FlashMap, RecordWish } from './flash-map.ts';
import { placeOf } from './flash-map.ts';
import { openFromFlash, SEALING_BYTES, sealForFlash } from './flash-sealing.ts';
import { recordBody } from './records/index.ts';

const SECRET_BYTES = 64;
const RECORD_NAME = 'identity';

/** What the factory writes once: who the device is, and whose authority it obeys. */
export type Identity = {
  /** 158 bytes. */
  readonly certificate: Uint8Array;
  /** Ed25519 key of the bank's anchor, 32 bytes. */
  readonly anchorPublicKey: Uint8Array;
  /** Made inside the device; they never leave it. 32 bytes each. */
  readonly ed25519Secret: Uint8Array;
  readonly x25519Secret: Uint8Array;
};

type StoredIdentity = {
  readonly certificate: Uint8Array;
  readonly anchorPublicKey: Uint8Array;
  readonly sealed: Uint8Array;
};

const identityLayout: Layout<StoredIdentity> = layout('identity record', {
  certificate: fieldBytes(CERTIFICATE_BYTES),
  anchorPublicKey: fieldBytes(32),
  sealed: fieldBytes(SECRET_BYTES + SEALING_BYTES),
});

/** The identity record that a device's flash map must have. */
export function identityWish(id: number): RecordWish {
  return { name: RECORD_NAME, id, bodyBytesMax: identityLayout.byteCount };
}

/** The body of the identity record, for the factory. `nonce` is 12 random bytes. */
export function encodeIdentity(
  crypto: Crypto,
  job: {
    readonly map: FlashMap;
    readonly elementKey: Uint8Array;
    readonly nonce: Uint8Array;
    readonly identity: Identity;
  },
): { readonly name: string; readonly body: Uint8Array } {
  const { certificate, anchorPublicKey, ed25519Secret, x25519Secret } = job.identity;
  const sealed = sealForFlash(crypto, {
    elementKey: job.elementKey,
    recordId: placeOf(job.map, RECORD_NAME).id,
    nonce: job.nonce,
    plaintext: concatBytes(ed25519Secret, x25519Secret),
  });
  return { name: RECORD_NAME, body: identityLayout.encode({ certificate, anchorPublicKey, sealed }) };
}

/** Reads the identity; `undefined` when the record is damaged or belongs to another device's element. */
export function readIdentity(crypto: Crypto, map: FlashMap, board: Board): Identity | undefined {
  const body = recordBody(board.book, RECORD_NAME);
  const stored = body === undefined ? undefined : identityLayout.decode(body);
  if (!stored?.ok) return undefined;
  const { certificate, anchorPublicKey, sealed } = stored.value;
  const recordId = placeOf(map, RECORD_NAME).id;
  const secrets = openFromFlash(crypto, { elementKey: board.elementKey, recordId, sealed });
  if (secrets?.length !== SECRET_BYTES) return undefined;
  return {
    certificate,
    anchorPublicKey,
    ed25519Secret: secrets.slice(0, 32),
    x25519Secret: secrets.slice(32),
  };
}
