import type { Result } from '../bytes/index.ts';
import { concatBytes, err, ok, u8, u32, xorBytes } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { encodeHeader, headerMask } from './header.ts';
import type { Hedge } from './hedge.ts';
import { hedged } from './hedge.ts';
import type { OpenError } from './open-error.ts';
import type { Pair1Content } from './pairing-content.ts';
import { encodePair1Content } from './pairing-content.ts';
import type { PairingKeys } from './pairing-keys.ts';
import { code10, derivePairing, NO_PREKEY_ID, pair1Key, pairingPrk, pairMaskKey } from './pairing-keys.ts';
import type { PublicPrekey } from './prekeys.ts';
import { sealMatrix } from './seal.ts';

/** Everything that a PAIR1 is made of. */
export type Pair1Job = {
  readonly serial: bigint;
  readonly slot: number;
  readonly hintKey: Uint8Array;
  /** D, from the token's certificate. */
  readonly deviceKey: Uint8Array;
  /** The pairing static: its key id and its secret s. */
  readonly serverKey: { readonly keyId: number; readonly secret: Uint8Array };
  /** The oldest unused prekey, or `undefined` for none (255): forward secrecy is lost then. */
  readonly prekey: PublicPrekey | undefined;
  /** One per token for all its slots; higher than in every PAIR1 before. */
  readonly pairingCounter: number;
  readonly content: Pair1Content;
  readonly hedge: Hedge;
};

/** A PAIR1 and what the server keeps of it, all secret but the payload. */
export type SealedPair1 = {
  readonly payload: Uint8Array;
  readonly keys: PairingKeys;
  /** The 10 digits that the right token will show. */
  readonly code10: string;
};

/**
 * Makes the first picture of a pairing. Errors: `bad_field` / `reserved_bits` (content that no token would accept),
 * `weak_key` (the token's key or prekey is of low order).
 */
export function sealPair1(crypto: Crypto, job: Pair1Job): Result<SealedPair1, OpenError> {
  const encoded = encodePair1Content(job.content);
  if (!encoded.ok) return encoded;
  const plaintext = encoded.value;
  const hedgeJob = { hedge: job.hedge, counter: job.pairingCounter, plaintext };
  const nonce = hedged(crypto, { ...hedgeJob, purpose: 'nonce' });
  const ephemeral = hedged(crypto, { ...hedgeJob, purpose: 'ephemeral' });

  const dh = diffieHellman(crypto, { ...job, ephemeral });
  if (dh === undefined) return err({ code: 'weak_key' });
  const publics = {
    serial: job.serial,
    deviceKey: job.deviceKey,
    serverKey: crypto.x25519PublicKey(job.serverKey.secret),
    ephemeralKey: crypto.x25519PublicKey(ephemeral),
  };
  const masked = xorBytes(
    concatBytes(u32(job.pairingCounter), u8(job.prekey?.id ?? NO_PREKEY_ID)),
    headerMask(crypto, { key: pairMaskKey(crypto, publics, dh.secrets), nonce, byteCount: 5 }),
  );
  const header = encodeHeader(crypto, {
    kind: 'pair1',
    slot: job.slot,
    generationBits: 0,
    hintKey: job.hintKey,
    maskedCounter: masked.slice(0, 4),
    nonce,
  });
  const prk = pairingPrk(crypto, { publics, secrets: dh.secrets, prekey: dh.prekey, header });
  const aad = concatBytes(header, publics.ephemeralKey, masked.slice(4), u8(job.serverKey.keyId));
  const payload = sealMatrix(crypto, { key: pair1Key(crypto, prk), aad, plaintext });
  return ok({
    payload,
    keys: derivePairing(crypto, { prk, slot: job.slot, generation: job.content.newGeneration }),
    code10: code10(crypto, { prk, pair1: payload, plaintext }),
  });
}

type ServerSecrets = {
  readonly secrets: { readonly ephemeralStatic: Uint8Array; readonly staticStatic: Uint8Array };
  readonly prekey: { readonly publicKey: Uint8Array; readonly shared: Uint8Array } | undefined;
};

function diffieHellman(
  crypto: Crypto,
  job: Pick<Pair1Job, 'deviceKey' | 'serverKey' | 'prekey'> & { readonly ephemeral: Uint8Array },
): ServerSecrets | undefined {
  const ephemeralStatic = crypto.x25519({ secret: job.ephemeral, publicKey: job.deviceKey });
  const staticStatic = crypto.x25519({ secret: job.serverKey.secret, publicKey: job.deviceKey });
  if (ephemeralStatic === undefined || staticStatic === undefined) return undefined;
  const secrets = { ephemeralStatic, staticStatic };
  if (job.prekey === undefined) return { secrets, prekey: undefined };
  const { publicKey } = job.prekey;
  const shared = crypto.x25519({ secret: job.ephemeral, publicKey });
  return shared === undefined ? undefined : { secrets, prekey: { publicKey, shared } };
}
