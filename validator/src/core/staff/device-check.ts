import { equalConstantTime, ok, toHex } from '@chiavetta/protocol/bytes';
import type { TokenCertificate } from '@chiavetta/protocol/keys';
import {
  certificateFingerprint,
  formatSerial,
  MODEL_FOB,
  readCertificate,
  verifyTokenChain,
} from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { HelloReply } from '@chiavetta/protocol/wire';
import type { ShippedRecord } from '../staff-records.ts';
import type { TokenRecord } from '../token-record.ts';
import { isLowOrderEd25519, isLowOrderX25519 } from './low-order-keys.ts';
import type { StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';

/** What a device showed in the first two messages of its session, and what the validator knows of it. */
export type ShownDevice = {
  readonly certificate: Uint8Array;
  /** The static key that the handshake proved. */
  readonly remoteStatic: Uint8Array;
  readonly hello: HelloReply;
};

/** What the store has about the serial and the keys that the certificate names. */
export type KnownDevice = {
  readonly token: TokenRecord | undefined;
  readonly shipped: ShippedRecord | undefined;
  /** Serials that took the certificate's two public keys. */
  readonly keyOwners: readonly (string | undefined)[];
};

/** A device that is what it says. */
export type GenuineDevice = {
  readonly serial: string;
  readonly kind: 'fob' | 'otc';
  readonly certificate: TokenCertificate;
};

/** The record ids of the two public keys of a certificate. */
export function deviceKeyIds(certificate: TokenCertificate): readonly [string, string] {
  return [`ed25519:${toHex(certificate.ed25519)}`, `x25519:${toHex(certificate.x25519)}`];
}

/**
 * Whether the device is a genuine one of stock. Each line stops one kind of forgery.
 * docs/spec/provisioning.md, "What the validator checks".
 */
export function checkDevice(job: {
  readonly crypto: Crypto;
  readonly nowMs: number;
  readonly makerRoots: readonly Uint8Array[];
  readonly issuerCertificates: readonly Uint8Array[];
  readonly shown: ShownDevice;
  readonly known: KnownDevice;
}): StaffAnswer<GenuineDevice> {
  const { crypto, shown, known } = job;
  const chain = checkChain(job);
  if (!chain.ok) return chain;
  const certificate = chain.value;
  // A certificate is public: only the owner of its X25519 key is at the other end.
  if (!equalConstantTime(certificate.x25519, shown.remoteStatic)) {
    return refuse('ATTEST_FAILED', 'the device does not have the key of the certificate that it shows');
  }
  if (isLowOrderEd25519(certificate.ed25519) || isLowOrderX25519(crypto, certificate.x25519)) {
    return refuse('ATTEST_FAILED', 'the certificate has a key of low order');
  }
  const serial = formatSerial(certificate.serial);
  if (shown.hello.serial !== certificate.serial) {
    return refuse('ATTEST_FAILED', 'the device announces another serial than its certificate');
  }
  if (shown.hello.model !== certificate.model) {
    return refuse('ATTEST_FAILED', 'the device announces another model than its certificate');
  }
  if (known.keyOwners.some((owner) => owner !== undefined && owner !== serial)) {
    return refuse('ATTEST_FAILED', 'another device has the same public key');
  }
  const stock = checkStock(crypto, { shown, known });
  if (!stock.ok) return stock;
  return ok({ serial, kind: certificate.model === MODEL_FOB ? 'fob' : 'otc', certificate });
}

function checkChain(job: Parameters<typeof checkDevice>[0]): StaffAnswer<TokenCertificate> {
  const { crypto, shown } = job;
  let reason = 'no batch issuer is configured';
  for (const makerPublicKey of job.makerRoots) {
    for (const issuerCertificate of job.issuerCertificates) {
      const chain = verifyTokenChain({
        crypto,
        certificate: shown.certificate,
        issuerCertificate,
        makerPublicKey,
        nowS: Math.floor(job.nowMs / 1000),
      });
      if (chain.ok) return chain;
      // Of several configured issuers, the one that signed the certificate has the telling reason.
      if (reason === 'no batch issuer is configured' || isTelling(chain.error.code)) {
        reason = CHAIN_WORDS[chain.error.code] ?? 'the certificate is malformed';
      }
    }
  }
  return refuse('ATTEST_FAILED', reason);
}

const CHAIN_WORDS: Readonly<Record<string, string>> = {
  bad_signature: 'the certificate was not signed by a configured batch issuer',
  bad_issuer: 'the certificate was not signed by a configured batch issuer',
  other_issuer: 'the certificate names another batch issuer than the one that signed it',
  issued_outside_batch: 'the certificate was issued outside the dates of its batch issuer',
  not_yet_valid: 'the certificate is not valid yet',
  expired: 'the certificate has expired',
  wrong_model: 'the certificate is not that of a token',
};

function isTelling(code: string): boolean {
  return code !== 'bad_signature' && code !== 'bad_issuer';
}

function checkStock(
  crypto: Crypto,
  job: { readonly shown: ShownDevice; readonly known: KnownDevice },
): StaffAnswer<undefined> {
  const { token, shipped } = job.known;
  if (token?.device === 'RETIRED') return refuse('ATTEST_REVOKED', 'the device was retired');
  const block = token?.blocked ?? shipped?.blocked;
  if (block !== undefined) return refuse('ATTEST_REVOKED', `the device is blocked: ${block.reason}`);
  if (shipped === undefined) {
    return refuse('SERVER_REFUSED', 'no shipping manifest of the maker names this serial: import it first');
  }
  if (!equalConstantTime(certificateFingerprint(crypto, job.shown.certificate), shipped.certificateHash)) {
    return refuse('ATTEST_FAILED', 'the shipping manifest names another certificate for this serial');
  }
  return ok(undefined);
}

/** The serial that a certificate names, before anything about it is proved: only to look its records up. */
export function claimedSerial(certificate: Uint8Array): string | undefined {
  const read = readCertificate(certificate);
  return read.ok ? formatSerial(read.value.serial) : undefined;
}
