import type { Crypto } from '@chiavetta/protocol/ports';
import { imageWith } from '../flash-image.ts';
import type { Identity } from '../identity-record.ts';
import { encodeIdentity } from '../identity-record.ts';
import { encodeTransaction, TRANSACTION_NONE, TRANSACTION_RECORD } from '../serial/index.ts';
import { OTC_FLASH, sealVault, VAULT_RECORD } from './otc-flash.ts';
import { encodeTries, fullTries, TRIES_RECORD } from './pin-tries.ts';
import { newVault } from './vault.ts';

/** The flash of an OTC token as it leaves the factory: an identity, nothing bound, no PIN, no language. */
export function otcFactoryImage(
  crypto: Crypto,
  job: {
    readonly identity: Identity;
    /** 32 bytes of the secure element. */
    readonly elementKey: Uint8Array;
    /** The token's own generator: as many random bytes as asked for. */
    readonly draw: (byteCount: number) => Uint8Array;
  },
): Uint8Array {
  const { identity, elementKey, draw } = job;
  const vault = newVault(draw(32));
  return imageWith(OTC_FLASH, [
    encodeIdentity(crypto, { map: OTC_FLASH, elementKey, nonce: draw(12), identity }),
    { name: TRANSACTION_RECORD, body: encodeTransaction(TRANSACTION_NONE) },
    { name: VAULT_RECORD, body: sealVault(crypto, { elementKey, nonce: draw(12), vault }) },
    { name: TRIES_RECORD, body: encodeTries(fullTries(vault.triesEpoch)) },
  ]);
}
