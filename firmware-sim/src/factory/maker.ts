import { asciiBytes, assert } from '@chiavetta/protocol/bytes';
import type { TokenSerial } from '@chiavetta/protocol/keys';
import {
  certificateFingerprint,
  issueCertificate,
  MODEL_AUTHORITY,
  MODEL_ISSUER,
  readCertificate,
  signManifest,
  tokenSerial,
} from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { MadeToken } from './made-token.ts';

/** A maker of tokens: its root and one batch issuer. It keeps no secret of any token. */
export type Maker = {
  readonly makerId: number;
  readonly rootSecret: Uint8Array;
  readonly rootPublicKey: Uint8Array;
  readonly issuerSecret: Uint8Array;
  /** 158 bytes, signed by the root. */
  readonly issuerCertificate: Uint8Array;
};

/** A bank's offline key, whose public half every token of that bank carries from the factory on. */
export type BankAnchor = {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
};

/** Seconds since 1970 between which something is valid, both ends included. */
export type Validity = { readonly notBefore: number; readonly notAfter: number };

const YEAR_S = 366 * 86_400;
/** 2026-01-01T00:00:00Z. */
const FIRST_BATCH_S = 1_767_225_600;

/**
 * A maker whose keys all follow from 32 bytes of entropy. The batch issuer is valid for one year from `issuedS`.
 */
export function makeMaker(
  entropy: Uint8Array,
  options: { readonly crypto?: Crypto; readonly issuedS?: number } = {},
): Maker {
  const { crypto = nobleCrypto, issuedS = FIRST_BATCH_S } = options;
  assert(entropy.length === 32, 'a maker grows from 32 bytes');
  const rootSecret = crypto.hmacSha256(entropy, asciiBytes('maker root'));
  const issuerSecret = crypto.hmacSha256(entropy, asciiBytes('maker issuer 1'));
  const issuerCertificate = issueCertificate({
    crypto,
    issuerSecret: rootSecret,
    body: {
      model: MODEL_ISSUER,
      serial: serialOf(1n),
      firmware: 0,
      batch: 1,
      ed25519: crypto.ed25519PublicKey(issuerSecret),
      x25519: new Uint8Array(32),
      issuerId: 0,
      notBefore: issuedS,
      notAfter: issuedS + YEAR_S,
    },
  });
  const rootPublicKey = crypto.ed25519PublicKey(rootSecret);
  return { makerId: 1, rootSecret, rootPublicKey, issuerSecret, issuerCertificate };
}

/** A bank's anchor from 32 bytes of entropy. */
export function makeAnchor(entropy: Uint8Array, crypto: Crypto = nobleCrypto): BankAnchor {
  assert(entropy.length === 32, 'an anchor grows from 32 bytes');
  const secret = crypto.hmacSha256(entropy, asciiBytes('bank anchor'));
  return { secret, publicKey: crypto.ed25519PublicKey(secret) };
}

/** The anchor's certificate for a validator: its ticket key and its Noise static. 158 bytes. */
export function issueAuthority(
  anchor: BankAnchor,
  authority: {
    readonly authorityId: number;
    readonly ticketPublicKey: Uint8Array;
    readonly noisePublicKey: Uint8Array;
    readonly validity?: Validity;
    readonly crypto?: Crypto;
  },
): Uint8Array {
  const { crypto = nobleCrypto, authorityId, ticketPublicKey, noisePublicKey } = authority;
  const validity = authority.validity ?? { notBefore: FIRST_BATCH_S, notAfter: 0xffff_ffff };
  return issueCertificate({
    crypto,
    issuerSecret: anchor.secret,
    body: {
      model: MODEL_AUTHORITY,
      serial: serialOf(BigInt(authorityId)),
      firmware: 0,
      batch: 0,
      ed25519: ticketPublicKey,
      x25519: noisePublicKey,
      issuerId: 0,
      ...validity,
    },
  });
}

/** The manifest that travels to the bank on another way than the tokens. */
export function signShippingManifest(
  maker: Maker,
  tokens: readonly Pick<MadeToken, 'serial' | 'certificate'>[],
  options: { readonly crypto?: Crypto; readonly manifestId?: number; readonly issuedAt?: number } = {},
): Uint8Array {
  const { crypto = nobleCrypto, manifestId = 1, issuedAt = issuerOf(maker).notBefore } = options;
  const entries = tokens.map(({ serial, certificate }) => ({
    serial,
    certificateHash: certificateFingerprint(crypto, certificate),
  }));
  const manifest = { makerId: maker.makerId, manifestId, issuedAt, entries };
  return signManifest({ crypto, makerSecret: maker.rootSecret, manifest });
}

/** What the maker's batch issuer says of itself. */
export function issuerOf(maker: Maker): {
  readonly issuerId: number;
  readonly notBefore: number;
  readonly batch: number;
} {
  const certificate = readCertificate(maker.issuerCertificate);
  assert(certificate.ok, 'a maker has a well-formed issuer certificate');
  const { serial, notBefore, batch } = certificate.value;
  return { issuerId: Number(serial), notBefore, batch };
}

function serialOf(value: bigint): TokenSerial {
  const serial = tokenSerial(value);
  assert(serial.ok, 'a certificate number is between 1 and twelve digits');
  return serial.value;
}
