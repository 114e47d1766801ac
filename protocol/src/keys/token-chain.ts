import type { Result } from '../bytes/index.ts';
import { err } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import type { CertificateError, TokenCertificate } from './certificate.ts';
import { MODEL_FOB, MODEL_ISSUER, MODEL_OTC, verifyCertificate } from './certificate.ts';

/** Why a token is not shown to be one of this maker's. */
export type TokenChainError =
  | { readonly code: 'bad_issuer'; readonly cause: CertificateError }
  | { readonly code: 'other_issuer'; readonly issuerId: number }
  | { readonly code: 'issued_outside_batch'; readonly notBefore: number }
  | CertificateError;

/**
 * Checks maker root -> batch issuer -> token. The issuer's own dates bound when it could issue, not how long its
 * tokens live: a token outlasts the one-year issuer that made it. Total.
 */
export function verifyTokenChain(options: {
  readonly crypto: Crypto;
  readonly certificate: Uint8Array;
  readonly issuerCertificate: Uint8Array;
  readonly makerPublicKey: Uint8Array;
  readonly nowS?: number;
}): Result<TokenCertificate, TokenChainError> {
  const { crypto, certificate, issuerCertificate, makerPublicKey, nowS } = options;
  const issuer = verifyCertificate({
    crypto,
    certificate: issuerCertificate,
    issuerPublicKey: makerPublicKey,
    models: [MODEL_ISSUER],
  });
  if (!issuer.ok) return err({ code: 'bad_issuer', cause: issuer.error });
  const token = verifyCertificate({
    crypto,
    certificate,
    issuerPublicKey: issuer.value.ed25519,
    models: [MODEL_FOB, MODEL_OTC],
    ...(nowS === undefined ? {} : { nowS }),
  });
  if (!token.ok) return token;
  const { issuerId, notBefore } = token.value;
  if (BigInt(issuerId) !== issuer.value.serial) return err({ code: 'other_issuer', issuerId });
  if (notBefore < issuer.value.notBefore || notBefore > issuer.value.notAfter) {
    return err({ code: 'issued_outside_batch', notBefore });
  }
  return token;
}
