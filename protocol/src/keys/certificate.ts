import type { Layout, LayoutError, Result } from '../bytes/index.ts';
import { err, fieldBytes, fieldU8, fieldU32, layout, ok } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { isSigned, SIGNATURE_BYTES, signBytes } from './signed-bytes.ts';
import type { TokenSerial } from './token-serial.ts';
import { fieldSerial } from './token-serial.ts';

/** A key fob. */
export const MODEL_FOB = 1;
/** An optical token with display, keypad and camera. */
export const MODEL_OTC = 2;
/** A batch issuer of the maker: `serial` is the issuer id; signed by the maker root. */
export const MODEL_ISSUER = 0xfd;
/** An authority of the bank: `serial` is the authority id, `ed25519` the ticket key, `x25519` the Noise static. */
export const MODEL_AUTHORITY = 0xfe;

/** Size of every certificate. */
export const CERTIFICATE_BYTES = 158;

/** What a certificate says before it is signed. Times are seconds since 1970 (u32), both ends included. */
export type CertificateBody = {
  readonly model: number;
  readonly serial: TokenSerial;
  /** major << 24 | minor << 16 | patch. */
  readonly firmware: number;
  readonly batch: number;
  /** 32 bytes. */
  readonly ed25519: Uint8Array;
  /** 32 bytes. */
  readonly x25519: Uint8Array;
  readonly issuerId: number;
  readonly notBefore: number;
  readonly notAfter: number;
};

/** A certificate of a token, of a batch issuer or of an authority: docs/spec/provisioning.md, "Certificate". */
export type TokenCertificate = CertificateBody & {
  readonly version: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
};

/** Why a certificate is refused. */
export type CertificateError =
  | LayoutError
  | { readonly code: 'unknown_version'; readonly version: number }
  | { readonly code: 'wrong_model'; readonly model: number }
  | { readonly code: 'bad_signature' }
  | { readonly code: 'not_yet_valid'; readonly notBefore: number; readonly nowS: number }
  | { readonly code: 'expired'; readonly notAfter: number; readonly nowS: number };

const VERSION = 1;
const SIGNED_LABEL = 'chiavetta/v1 cert';
const FINGERPRINT_BYTES = 16;

/** The 158 bytes as a table. */
export const certificateLayout: Layout<TokenCertificate> = layout('certificate', {
  version: fieldU8,
  model: fieldU8,
  serial: fieldSerial,
  firmware: fieldU32,
  batch: fieldU32,
  ed25519: fieldBytes(32),
  x25519: fieldBytes(32),
  issuerId: fieldU32,
  notBefore: fieldU32,
  notAfter: fieldU32,
  signature: fieldBytes(SIGNATURE_BYTES),
});

/** Signs a certificate: 158 bytes. */
export function issueCertificate(options: {
  readonly crypto: Crypto;
  /** Ed25519 secret of the issuer, 32 bytes. */
  readonly issuerSecret: Uint8Array;
  readonly body: CertificateBody;
}): Uint8Array {
  const unsigned = certificateLayout.encode({
    ...options.body,
    version: VERSION,
    signature: new Uint8Array(SIGNATURE_BYTES),
  });
  return signBytes({
    crypto: options.crypto,
    secret: options.issuerSecret,
    label: SIGNED_LABEL,
    body: unsigned.subarray(0, CERTIFICATE_BYTES - SIGNATURE_BYTES),
  });
}

/** Reads a certificate **without** checking who signed it: for showing it, or for finding the issuer. Total. */
export function readCertificate(bytes: Uint8Array): Result<TokenCertificate, CertificateError> {
  const decoded = certificateLayout.decode(bytes);
  if (!decoded.ok) return decoded;
  if (decoded.value.version !== VERSION) {
    return err({ code: 'unknown_version', version: decoded.value.version });
  }
  return decoded;
}

/** Reads a certificate and checks its signature, its role and, for whoever has a clock, its dates. Total. */
export function verifyCertificate(options: {
  readonly crypto: Crypto;
  readonly certificate: Uint8Array;
  /** Ed25519 key that must have signed it. */
  readonly issuerPublicKey: Uint8Array;
  /** Seconds since 1970. Absent on a device without a clock: the dates are then not checked. */
  readonly nowS?: number;
  /** The roles that are accepted here; absent = any. */
  readonly models?: readonly number[];
}): Result<TokenCertificate, CertificateError> {
  const { crypto, certificate, issuerPublicKey, nowS, models } = options;
  const read = readCertificate(certificate);
  if (!read.ok) return read;
  const { model, notBefore, notAfter } = read.value;
  if (!isSigned({ crypto, publicKey: issuerPublicKey, label: SIGNED_LABEL, bytes: certificate })) {
    return err({ code: 'bad_signature' });
  }
  // A batch issuer signs tokens and nothing else: without the role check it could make itself an authority.
  if (models !== undefined && !models.includes(model)) return err({ code: 'wrong_model', model });
  if (nowS !== undefined && nowS < notBefore) return err({ code: 'not_yet_valid', notBefore, nowS });
  if (nowS !== undefined && nowS > notAfter) return err({ code: 'expired', notAfter, nowS });
  return ok(read.value);
}

/** The 16 bytes by which a manifest names a certificate: the start of its SHA-256. */
export function certificateFingerprint(crypto: Crypto, certificate: Uint8Array): Uint8Array {
  return crypto.sha256(certificate).slice(0, FINGERPRINT_BYTES);
}
