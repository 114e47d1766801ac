import { asciiBytes, assert, concatBytes } from '@chiavetta/protocol/bytes';
import type { TokenSerial } from '@chiavetta/protocol/keys';
import { issueCertificate, MODEL_FOB, MODEL_OTC } from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { imageWith } from '../core/flash-image.ts';
import { emptySeedRecords, FOB_FLASH } from '../core/fob/index.ts';
import type { Identity } from '../core/identity-record.ts';
import { encodeIdentity } from '../core/identity-record.ts';
import { otcFactoryImage } from '../core/otc/index.ts';
import type { RngState } from '../core/rng.ts';
import { rngBytes, rngStart } from '../core/rng.ts';
import { encodeTransaction, TRANSACTION_NONE, TRANSACTION_RECORD } from '../core/serial/index.ts';
import { FOB_PROFILES, fobProfile } from '../profiles/fob.ts';
import { OTC_PROFILE } from '../profiles/otc.ts';
import type { Maker } from './maker.ts';
import { issuerOf } from './maker.ts';

/** The kinds of device. */
export type TokenKind = 'fob' | 'otc';

/** A token as it leaves the factory: what it is, and what is in its chips. */
export type MadeToken = {
  readonly serial: TokenSerial;
  readonly kind: TokenKind;
  /** Id of its profile. */
  readonly profile: string;
  /** 158 bytes. */
  readonly certificate: Uint8Array;
  /** Its flash. Every secret in it is sealed under the element key. */
  readonly image: Uint8Array;
  /** 32 bytes inside the secure element. */
  readonly elementKey: Uint8Array;
};

const LIFETIME_S = 10 * 366 * 86_400;

/**
 * Makes a token. Its keys come from `entropy` (32 bytes) as they would from its own generator; the maker gets publics
 * only and signs them. `profile` is `fob-hotp` or `fob-totp` for a fob.
 */
export function makeToken(options: {
  readonly crypto?: Crypto;
  readonly maker: Maker;
  readonly anchorPublicKey: Uint8Array;
  readonly kind: TokenKind;
  readonly serial: TokenSerial;
  readonly profile?: string;
  readonly entropy: Uint8Array;
}): MadeToken {
  const { crypto = nobleCrypto, maker, kind, serial, anchorPublicKey } = options;
  const profile = options.profile ?? (kind === 'fob' ? FOB_PROFILES['fob-hotp'].id : OTC_PROFILE.id);
  let rng: RngState = rngStart(
    crypto,
    crypto.hmacSha256(options.entropy, concatBytes(asciiBytes('token at the factory'))),
  );
  const draw = (byteCount: number): Uint8Array => {
    const drawn = rngBytes(crypto, rng, byteCount);
    rng = drawn.rng;
    return drawn.bytes;
  };
  const ed25519Secret = draw(32);
  const x25519Secret = draw(32);
  const elementKey = draw(32);
  const issuer = issuerOf(maker);
  const certificate = issueCertificate({
    crypto,
    issuerSecret: maker.issuerSecret,
    body: {
      model: kind === 'fob' ? MODEL_FOB : MODEL_OTC,
      serial,
      firmware: firmwareOf(kind, profile),
      batch: issuer.batch,
      ed25519: crypto.ed25519PublicKey(ed25519Secret),
      x25519: crypto.x25519PublicKey(x25519Secret),
      issuerId: issuer.issuerId,
      notBefore: issuer.notBefore,
      notAfter: issuer.notBefore + LIFETIME_S,
    },
  });
  const identity: Identity = { certificate, anchorPublicKey, ed25519Secret, x25519Secret };
  const image = imageFor(crypto, { kind, identity, elementKey, draw });
  return { serial, kind, profile, certificate, image, elementKey };
}

function firmwareOf(kind: TokenKind, profile: string): number {
  if (kind === 'otc') {
    assert(profile === OTC_PROFILE.id, 'an OTC token is made from a profile that exists');
    return OTC_PROFILE.firmware;
  }
  const found = fobProfile(profile);
  assert(found !== undefined, 'a fob is made from a profile that exists');
  return found.firmware;
}

function imageFor(
  crypto: Crypto,
  job: {
    readonly kind: TokenKind;
    readonly identity: Identity;
    readonly elementKey: Uint8Array;
    readonly draw: (byteCount: number) => Uint8Array;
  },
): Uint8Array {
  const { identity, elementKey, draw } = job;
  if (job.kind === 'otc') return otcFactoryImage(crypto, { identity, elementKey, draw });
  const map = FOB_FLASH;
  return imageWith(map, [
    encodeIdentity(crypto, { map, elementKey, nonce: draw(12), identity }),
    ...emptySeedRecords(crypto, { elementKey, nonce: draw(12) }),
    { name: TRANSACTION_RECORD, body: encodeTransaction(TRANSACTION_NONE) },
  ]);
}
