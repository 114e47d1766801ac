import type { Result } from '../bytes/index.ts';
import { concatBytes, err, ok, readUint, xorBytes } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import type { HintedSlot, PayloadHeader } from './header.ts';
import { headerMask, locatePayload } from './header.ts';
import type { OpenError } from './open-error.ts';
import type { Pair1Content } from './pairing-content.ts';
import { decodePair1Content } from './pairing-content.ts';
import type { PairingKeys, PairingPublics, PairingSecrets } from './pairing-keys.ts';
import { code10, derivePairing, NO_PREKEY_ID, pair1Key, pairingPrk, pairMaskKey } from './pairing-keys.ts';
import { HEADER_BYTES } from './payload-kind.ts';
import type { SecretPrekey } from './prekeys.ts';
import { prekeysLeft } from './prekeys.ts';
import { openMatrix } from './seal.ts';

/** Bytes of a PAIR1 before its ciphertext: header, E, masked prekey id, server key id. */
const CLEAR_BYTES = HEADER_BYTES + 34;

/** The token as far as a PAIR1 concerns it. */
export type Pair1Token = {
  readonly serial: bigint;
  /** d, 32 bytes. */
  readonly deviceSecret: Uint8Array;
  /** The bound slots. */
  readonly slots: readonly HintedSlot[];
  /** The pairing statics S that the token keeps (two at most). */
  readonly serverKeys: readonly { readonly keyId: number; readonly publicKey: Uint8Array }[];
  /** Unused prekeys in the order of making. */
  readonly prekeys: readonly SecretPrekey[];
  /** The highest pairing counter ever opened, for all slots; 0 at the factory. */
  readonly lastPairing: number;
  readonly pin: 'none' | 'set' | 'blocked';
};

/**
 * An opened PAIR1. The token stores, in ONE record and before it shows the digits: the pending generation (`keys`,
 * `pairingCounter`, `code10`), `lastPairing` = `pairingCounter`, `prekeys` = `prekeysLeft`, and, with NEW_PIN, the
 * erasure of the keys of every slot.
 */
export type OpenedPair1 = {
  readonly slot: number;
  readonly pairingCounter: number;
  readonly content: Pair1Content;
  readonly keys: PairingKeys;
  readonly code10: string;
  readonly prekeysLeft: readonly SecretPrekey[];
};

/** Opens a PAIR1 in the reject order of docs/spec/otc.md §6. Total over any bytes. */
export function openPair1(
  crypto: Crypto,
  job: { readonly payload: Uint8Array; readonly token: Pair1Token },
): Result<OpenedPair1, OpenError> {
  const { payload, token } = job;
  const located = locatePayload(crypto, { payload, slots: token.slots });
  if (!located.ok) return located;
  const { header, slot, generationBits } = located.value;
  if (header.kind !== 'pair1') return err({ code: 'wrong_kind' });
  if (generationBits !== 0) return err({ code: 'pairing_generation_bits', generationBits });
  const serverKeyId = payload[CLEAR_BYTES - 1] ?? 0;
  const serverKey = token.serverKeys.find((one) => one.keyId === serverKeyId);
  if (serverKey === undefined) return err({ code: 'server_key_unknown', serverKeyId });

  const agreed = agree(crypto, { payload, token, serverKey: serverKey.publicKey });
  if (agreed === undefined) return err({ code: 'weak_key' });
  const unmasked = unmaskPair1(crypto, { payload, header, token, agreed });
  if (!unmasked.ok) return unmasked;
  const { pairingCounter, prekeyId, prk } = unmasked.value;

  const plaintext = openMatrix(crypto, { key: pair1Key(crypto, prk), payload, clearBytes: CLEAR_BYTES });
  if (plaintext === undefined) return err({ code: 'not_authentic' });
  const content = decodePair1Content(plaintext);
  if (!content.ok) return content;
  if (content.value.policy.mode === 'keep_pin' && token.pin !== 'set') {
    return err({ code: token.pin === 'blocked' ? 'pin_blocked' : 'pin_missing' });
  }
  return ok({
    slot: slot.slot,
    pairingCounter,
    content: content.value,
    keys: derivePairing(crypto, { prk, slot: slot.slot, generation: content.value.newGeneration }),
    code10: code10(crypto, { prk, pair1: payload, plaintext }),
    prekeysLeft: prekeyId === NO_PREKEY_ID ? token.prekeys : prekeysLeft(token.prekeys, prekeyId),
  });
}

type Agreed = { readonly publics: PairingPublics; readonly secrets: PairingSecrets };

function agree(
  crypto: Crypto,
  job: { readonly payload: Uint8Array; readonly token: Pair1Token; readonly serverKey: Uint8Array },
): Agreed | undefined {
  const { serial, deviceSecret } = job.token;
  const ephemeralKey = job.payload.slice(HEADER_BYTES, HEADER_BYTES + 32);
  const ephemeralStatic = crypto.x25519({ secret: deviceSecret, publicKey: ephemeralKey });
  const staticStatic = crypto.x25519({ secret: deviceSecret, publicKey: job.serverKey });
  if (ephemeralStatic === undefined || staticStatic === undefined) return undefined;
  const deviceKey = crypto.x25519PublicKey(deviceSecret);
  return {
    publics: { serial, deviceKey, serverKey: job.serverKey, ephemeralKey },
    secrets: { ephemeralStatic, staticStatic },
  };
}

/** Unmasks counter and prekey id, refuses an old counter and a missing prekey, and goes on to PRK. */
function unmaskPair1(
  crypto: Crypto,
  job: {
    readonly payload: Uint8Array;
    readonly header: PayloadHeader;
    readonly token: Pair1Token;
    readonly agreed: Agreed;
  },
): Result<
  { readonly pairingCounter: number; readonly prekeyId: number; readonly prk: Uint8Array },
  OpenError
> {
  const { header, token, agreed } = job;
  const masked = concatBytes(header.maskedCounter, job.payload.slice(CLEAR_BYTES - 2, CLEAR_BYTES - 1));
  const key = pairMaskKey(crypto, agreed.publics, agreed.secrets);
  const clear = xorBytes(masked, headerMask(crypto, { key, nonce: header.nonce, byteCount: 5 }));
  const pairingCounter = readUint(clear.subarray(0, 4));
  const prekeyId = clear[4] ?? 0;
  if (pairingCounter <= token.lastPairing) return err({ code: 'counter_used', counter: pairingCounter });

  let prekey: { readonly publicKey: Uint8Array; readonly shared: Uint8Array } | undefined;
  if (prekeyId !== NO_PREKEY_ID) {
    const secret = token.prekeys.find((one) => one.id === prekeyId)?.secret;
    if (secret === undefined) return err({ code: 'prekey_missing', prekeyId });
    const shared = crypto.x25519({ secret, publicKey: agreed.publics.ephemeralKey });
    if (shared === undefined) return err({ code: 'weak_key' });
    prekey = { publicKey: crypto.x25519PublicKey(secret), shared };
  }
  return ok({
    pairingCounter,
    prekeyId,
    prk: pairingPrk(crypto, { ...agreed, prekey, header: header.bytes }),
  });
}
