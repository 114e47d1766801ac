import { describe, expect, test } from 'vitest';
import { concatBytes, toHex } from '../bytes/index.ts';
import { nobleCrypto as crypto } from '../ports/index.ts';
import { seededEntropy } from '../testing/index.ts';
import type { CertificateBody, TicketBody, TokenSerial } from './index.ts';
import {
  certificateFingerprint,
  customerHash,
  issueCertificate,
  issueTicket,
  MANIFEST_ENTRY_COUNT_MAX,
  MODEL_AUTHORITY,
  MODEL_FOB,
  MODEL_ISSUER,
  MODEL_OTC,
  manifestHeadLayout,
  OPERATIONS,
  readCertificate,
  signManifest,
  tokenSerial,
  verifyCertificate,
  verifyManifest,
  verifyTicket,
  verifyTokenChain,
} from './index.ts';
import { signBytes } from './signed-bytes.ts';

const entropy = seededEntropy('trust', 1);
const maker = keyPair();
const issuer = keyPair();
const stranger = keyPair();

const issuerBody = body({ model: MODEL_ISSUER, serial: serialOf(7n), ed25519: issuer.publicKey });
const issuerCertificate = issueCertificate({ crypto, issuerSecret: maker.secret, body: issuerBody });
const tokenBody = body({ model: MODEL_OTC, issuerId: 7 });
const certificate = issueCertificate({ crypto, issuerSecret: issuer.secret, body: tokenBody });

describe('a certificate', () => {
  test('is refused when another key signed it, and then whatever it says is not looked at', () => {
    const expired = { ...tokenBody, notAfter: 1 };
    const forged = issueCertificate({ crypto, issuerSecret: stranger.secret, body: expired });
    expect(verify(forged, { nowS: 150 })).toEqual({ ok: false, error: { code: 'bad_signature' } });
  });

  test('has dates only for whoever has a clock; both ends are included', () => {
    expect(verify(certificate, {}).ok).toBe(true);
    expect(verify(certificate, { nowS: 100 }).ok).toBe(true);
    expect(verify(certificate, { nowS: 200 }).ok).toBe(true);
    expect(verify(certificate, { nowS: 99 })).toMatchObject({
      error: { code: 'not_yet_valid', notBefore: 100 },
    });
    expect(verify(certificate, { nowS: 201 })).toMatchObject({ error: { code: 'expired', notAfter: 200 } });
  });

  test('is refused in a role that it does not have', () => {
    expect(verify(certificate, { models: [MODEL_AUTHORITY] })).toEqual({
      ok: false,
      error: { code: 'wrong_model', model: MODEL_OTC },
    });
  });

  test('is refused in a version that no one has defined', () => {
    const next = certificate.slice();
    next[0] = 2;
    const resigned = signBytes({
      crypto,
      secret: issuer.secret,
      label: 'chiavetta/v1 cert',
      body: next.subarray(0, 94),
    });
    expect(readCertificate(resigned)).toEqual({ ok: false, error: { code: 'unknown_version', version: 2 } });
    expect(verify(resigned, {}).ok).toBe(false);
  });

  test('is refused with a serial that twelve digits cannot show, whoever signs it', () => {
    for (const serial of [0n, 1_000_000_000_000n, 2n ** 64n - 1n]) {
      const forged = certificate.slice(0, 94);
      new DataView(forged.buffer).setBigUint64(2, serial);
      const resigned = signBytes({ crypto, secret: issuer.secret, label: 'chiavetta/v1 cert', body: forged });
      expect(verify(resigned, {})).toMatchObject({
        error: { code: 'bad_field', field: 'serial', fault: 'out_of_range' },
      });
    }
  });

  test('has a fingerprint of 16 bytes: the start of its SHA-256', () => {
    expect(certificateFingerprint(crypto, certificate)).toEqual(crypto.sha256(certificate).slice(0, 16));
  });
});

describe('the chain from maker to token', () => {
  const chain = { crypto, certificate, issuerCertificate, makerPublicKey: maker.publicKey };

  test('holds for a token of this maker, also after its issuer has expired', () => {
    expect(verifyTokenChain(chain).ok).toBe(true);
    const longLived = issueCertificate({
      crypto,
      issuerSecret: issuer.secret,
      body: { ...tokenBody, notAfter: 9_999 },
    });
    expect(verifyTokenChain({ ...chain, certificate: longLived, nowS: 5_000 }).ok).toBe(true);
  });

  test.each([
    ['another maker', { makerPublicKey: stranger.publicKey }, 'bad_issuer'],
    [
      'a token posing as the issuer',
      { issuerCertificate: signedBy(maker.secret, { model: MODEL_FOB }) },
      'bad_issuer',
    ],
    [
      'an issuer signed by an issuer',
      { issuerCertificate: signedBy(issuer.secret, issuerBody) },
      'bad_issuer',
    ],
    ['a token signed by a stranger', { certificate: signedBy(stranger.secret, {}) }, 'bad_signature'],
    ['a token signed by the maker root itself', { certificate: signedBy(maker.secret, {}) }, 'bad_signature'],
    [
      'an authority signed by a batch issuer',
      { certificate: signedBy(issuer.secret, { model: MODEL_AUTHORITY }) },
      'wrong_model',
    ],
    [
      'an issuer in the place of a token',
      { certificate: signedBy(issuer.secret, { model: MODEL_ISSUER }) },
      'wrong_model',
    ],
    [
      'a token that names another issuer',
      { certificate: signedBy(issuer.secret, { issuerId: 8 }) },
      'other_issuer',
    ],
    [
      'a token made after its batch',
      { certificate: signedBy(issuer.secret, { notBefore: 201 }) },
      'issued_outside_batch',
    ],
    [
      'a token made before its batch',
      { certificate: signedBy(issuer.secret, { notBefore: 99 }) },
      'issued_outside_batch',
    ],
    ['an expired token', { nowS: 201 }, 'expired'],
    ['an empty certificate', { certificate: new Uint8Array(0) }, 'wrong_length'],
  ])('is broken by %s', (_what, change, code) => {
    expect(verifyTokenChain({ ...chain, ...change })).toMatchObject({ ok: false, error: { code } });
  });
});

describe('a shipping manifest', () => {
  const entries = [1n, 2n].map((value) => ({
    serial: serialOf(value),
    certificateHash: entropy.randomBytes(16),
  }));
  const content = { makerId: 1, manifestId: 2, issuedAt: 3, entries };

  test('never names one serial twice, neither when it is signed nor when it is read', () => {
    const twice = { ...content, entries: [...entries, ...entries] };
    expect(() => signManifest({ crypto, makerSecret: maker.secret, manifest: twice })).toThrow('once');
    const good = signManifest({ crypto, makerSecret: maker.secret, manifest: content });
    const [head, first] = [good.subarray(0, 17), good.subarray(17, 41)];
    const forged = signBytes({
      crypto,
      secret: maker.secret,
      label: 'chiavetta/v1 manifest',
      body: concatBytes(head, first, first),
    });
    expect(verifyManifest({ crypto, manifest: forged, makerPublicKey: maker.publicKey })).toEqual({
      ok: false,
      error: { code: 'not_rising', entryIndex: 1 },
    });
  });

  test('is refused by its declared count before anything is read by it', () => {
    const head = { version: 1, makerId: 1, manifestId: 2, issuedAt: 3, entryCount: 0xffff_ffff };
    const lying = manifestHeadLayout.encode(head);
    expect(verifyManifest({ crypto, manifest: lying, makerPublicKey: maker.publicKey })).toEqual({
      ok: false,
      error: { code: 'too_many_entries', entryCount: 0xffff_ffff, entryCountMax: MANIFEST_ENTRY_COUNT_MAX },
    });
  });

  test('is refused in a version that no one has defined', () => {
    const next = signManifest({ crypto, makerSecret: maker.secret, manifest: content }).slice(0, 65);
    next[0] = 2;
    const label = 'chiavetta/v1 manifest';
    const resigned = signBytes({ crypto, secret: maker.secret, label, body: next });
    expect(verifyManifest({ crypto, manifest: resigned, makerPublicKey: maker.publicKey })).toEqual({
      ok: false,
      error: { code: 'unknown_version', version: 2 },
    });
  });

  test('is refused with bytes between its entries and its signature, whoever signed them', () => {
    const good = signManifest({ crypto, makerSecret: maker.secret, manifest: content });
    const padded = signBytes({
      crypto,
      secret: maker.secret,
      label: 'chiavetta/v1 manifest',
      body: concatBytes(good.subarray(0, 65), Uint8Array.of(0)),
    });
    expect(verifyManifest({ crypto, manifest: padded, makerPublicKey: maker.publicKey })).toMatchObject({
      error: { code: 'wrong_length', expectedBytes: 129, foundBytes: 130 },
    });
  });

  test('is refused when another maker signed it', () => {
    const forged = signManifest({ crypto, makerSecret: stranger.secret, manifest: content });
    expect(verifyManifest({ crypto, manifest: forged, makerPublicKey: maker.publicKey })).toEqual({
      ok: false,
      error: { code: 'bad_signature' },
    });
  });
});

describe('an operator ticket', () => {
  const ticketBody: TicketBody = {
    operation: OPERATIONS.bind,
    serial: serialOf(5n),
    slot: 1,
    customerHash: customerHash(crypto, 'C-0001'),
    approver1: 11,
    approver2: 12,
    issued: 1_000,
    expires: 1_300,
    nonce: entropy.randomBytes(16),
  };

  test('lives for five minutes at most, whoever signs it', () => {
    const long = { ...ticketBody, expires: 1_301 };
    expect(() => issueTicket({ crypto, ticketSecret: issuer.secret, body: long })).toThrow('five minutes');
    for (const expires of [1_301, 999]) {
      const good = issueTicket({ crypto, ticketSecret: issuer.secret, body: ticketBody });
      const forged = good.slice(0, 58);
      new DataView(forged.buffer).setUint32(38, expires);
      const ticket = signBytes({ crypto, secret: issuer.secret, label: 'chiavetta/v1 ticket', body: forged });
      expect(verifyTicket({ crypto, ticket, ticketPublicKey: issuer.publicKey })).toMatchObject({
        error: { code: 'bad_lifetime', lifetimeS: expires - 1_000 },
      });
    }
  });

  test('is refused for an operation that does not exist', () => {
    const good = issueTicket({ crypto, ticketSecret: issuer.secret, body: ticketBody });
    for (const operation of [0, 8, 255]) {
      const forged = good.slice(0, 58);
      forged[0] = operation;
      const ticket = signBytes({ crypto, secret: issuer.secret, label: 'chiavetta/v1 ticket', body: forged });
      expect(verifyTicket({ crypto, ticket, ticketPublicKey: issuer.publicKey })).toMatchObject({
        error: { code: 'bad_field', field: 'operation', fault: 'out_of_range' },
      });
    }
  });

  test('names a customer by a hash that differs from customer to customer', () => {
    expect(toHex(customerHash(crypto, 'C-0001'))).not.toBe(toHex(customerHash(crypto, 'C-0002')));
    expect(customerHash(crypto, 'C-0001').length).toBe(16);
  });
});

function verify(bytes: Uint8Array, more: { readonly nowS?: number; readonly models?: readonly number[] }) {
  return verifyCertificate({ crypto, certificate: bytes, issuerPublicKey: issuer.publicKey, ...more });
}

function signedBy(secret: Uint8Array, change: Partial<CertificateBody>): Uint8Array {
  return issueCertificate({ crypto, issuerSecret: secret, body: { ...tokenBody, ...change } });
}

function body(change: Partial<CertificateBody>): CertificateBody {
  return {
    model: MODEL_FOB,
    serial: serialOf(1n),
    firmware: 0x0100_0000,
    batch: 1,
    ed25519: entropy.randomBytes(32),
    x25519: entropy.randomBytes(32),
    issuerId: 0,
    notBefore: 100,
    notAfter: 200,
    ...change,
  };
}

function keyPair() {
  const secret = entropy.randomBytes(32);
  return { secret, publicKey: crypto.ed25519PublicKey(secret) };
}

function serialOf(value: bigint): TokenSerial {
  const made = tokenSerial(value);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}
