import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, toHex } from '../bytes/index.ts';
import { nobleCrypto as crypto } from '../ports/index.ts';
import { seededEntropy } from '../testing/index.ts';
import type { CertificateBody, Manifest, OperationCode, TicketBody, TokenSerial } from './index.ts';
import {
  CERTIFICATE_BYTES,
  certificateLayout,
  formatSerial,
  issueCertificate,
  issueTicket,
  OPERATIONS,
  parseSerial,
  readCertificate,
  SERIAL_MAX,
  signManifest,
  TICKET_BYTES,
  ticketLayout,
  tokenSerial,
  verifyCertificate,
  verifyManifest,
  verifyTicket,
} from './index.ts';

const secret = seededEntropy('keys laws', 1).randomBytes(32);
const publicKey = crypto.ed25519PublicKey(secret);

const u8 = fc.nat(0xff);
const u32 = fc.nat(0xffff_ffff);
const bytes = (byteCount: number) => fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
const serial: fc.Arbitrary<TokenSerial> = fc.bigInt(1n, SERIAL_MAX).map(serialOf);
const operation: fc.Arbitrary<OperationCode> = fc.constantFrom(...Object.values(OPERATIONS));

const certificateBody: fc.Arbitrary<CertificateBody> = fc.record({
  model: u8,
  serial,
  firmware: u32,
  batch: u32,
  ed25519: bytes(32),
  x25519: bytes(32),
  issuerId: u32,
  notBefore: u32,
  notAfter: u32,
});
const ticketBody: fc.Arbitrary<TicketBody> = fc
  .record({
    operation,
    serial,
    slot: u8,
    customerHash: bytes(16),
    approver1: u32,
    approver2: u32,
    issued: fc.nat(0xffff_0000),
    lifetimeS: fc.nat(300),
    nonce: bytes(16),
  })
  .map(({ lifetimeS, ...body }) => ({ ...body, expires: body.issued + lifetimeS }));
const manifest: fc.Arbitrary<Manifest> = fc.record({
  makerId: u32,
  manifestId: u32,
  issuedAt: u32,
  entries: fc
    .uniqueArray(fc.record({ serial, certificateHash: bytes(16) }), {
      selector: (entry) => entry.serial,
      maxLength: 5,
    })
    .map((entries) => entries.toSorted((left, right) => (left.serial < right.serial ? -1 : 1))),
});

/** Each signed object: how one is made from a random body, and how it is checked. */
const signed = [
  {
    name: 'a certificate',
    made: certificateBody.map((body) => issueCertificate({ crypto, issuerSecret: secret, body })),
    check: (certificate: Uint8Array) =>
      verifyCertificate({ crypto, certificate, issuerPublicKey: publicKey }),
  },
  {
    name: 'a ticket',
    made: ticketBody.map((body) => issueTicket({ crypto, ticketSecret: secret, body })),
    check: (ticket: Uint8Array) => verifyTicket({ crypto, ticket, ticketPublicKey: publicKey }),
  },
  {
    name: 'a manifest',
    made: manifest.map((content) => signManifest({ crypto, makerSecret: secret, manifest: content })),
    check: (bytesOf: Uint8Array) => verifyManifest({ crypto, manifest: bytesOf, makerPublicKey: publicKey }),
  },
] as const;

describe.each(signed)('$name', ({ made, check }) => {
  test('is accepted as it was signed', () => {
    fc.assert(
      fc.property(made, (object) => {
        expect(check(object).ok).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('is refused at every truncation and with anything behind it', () => {
    fc.assert(
      fc.property(made, (object) => {
        for (let byteCount = 0; byteCount < object.length; byteCount += 1) {
          expect(check(object.slice(0, byteCount)).ok).toBe(false);
        }
        expect(check(concatBytes(object, Uint8Array.of(0))).ok).toBe(false);
      }),
      { numRuns: 5 },
    );
  });

  test('is refused with any one bit flipped', () => {
    const [object] = fc.sample(made, { numRuns: 1, seed: 1 });
    if (object === undefined) throw new Error('no sample');
    for (let bit = 0; bit < object.length * 8; bit += 1) {
      const flipped = object.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(check(flipped).ok).toBe(false);
    }
  });

  test('is never taken for one of the other kinds, and any bytes get an answer', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), bytes(158), bytes(122)), (any) => {
        expect(check(any).ok).toBe(false);
      }),
    );
    for (const other of signed) {
      if (other.check === check) continue;
      const [object] = fc.sample(other.made, { numRuns: 1, seed: 2 });
      if (object !== undefined) expect(check(object).ok).toBe(false);
    }
  });
});

describe('the layouts of certificate and ticket', () => {
  test('have the sizes that the wire counts on', () => {
    expect([certificateLayout.byteCount, CERTIFICATE_BYTES]).toEqual([158, 158]);
    expect([ticketLayout.byteCount, TICKET_BYTES]).toEqual([122, 122]);
  });

  test('carry every field unchanged', () => {
    fc.assert(
      fc.property(certificateBody, ticketBody, (certificate, ticket) => {
        const read = readCertificate(issueCertificate({ crypto, issuerSecret: secret, body: certificate }));
        expect(read.ok && read.value).toMatchObject(certificate);
        const decoded = ticketLayout.decode(issueTicket({ crypto, ticketSecret: secret, body: ticket }));
        expect(decoded.ok && decoded.value).toMatchObject(ticket);
      }),
      { numRuns: 30 },
    );
  });

  test('re-encode what they decode to the same bytes', () => {
    fc.assert(
      fc.property(bytes(158), bytes(122), (certificate, ticket) => {
        // Serial and operation made valid; every other byte stays as drawn.
        certificate.set([0, 0, 0, 1], 2);
        ticket.set([0, 0, 0, 1], 1);
        ticket[0] = 1 + ((ticket[0] ?? 0) % 7);
        const body = certificateLayout.decode(certificate);
        if (!body.ok) throw new Error(body.error.code);
        expect(toHex(certificateLayout.encode(body.value))).toBe(toHex(certificate));
        const permission = ticketLayout.decode(ticket);
        if (!permission.ok) throw new Error(permission.error.code);
        expect(toHex(ticketLayout.encode(permission.value))).toBe(toHex(ticket));
      }),
    );
  });
});

describe('a manifest', () => {
  test('gives back its entries in rising order, whatever order they were signed in', () => {
    fc.assert(
      fc.property(manifest, (content) => {
        const shuffled = { ...content, entries: content.entries.toReversed() };
        const bytesOf = signManifest({ crypto, makerSecret: secret, manifest: shuffled });
        expect(verifyManifest({ crypto, manifest: bytesOf, makerPublicKey: publicKey })).toEqual({
          ok: true,
          value: content,
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe('a serial', () => {
  test('reads back from the twelve digits that it shows', () => {
    fc.assert(
      fc.property(serial, (value) => {
        expect(formatSerial(value)).toMatch(/^[0-9]{12}$/);
        expect(parseSerial(formatSerial(value))).toEqual({ ok: true, value });
      }),
    );
  });

  test('is never read from anything that is not a number from 1 to 999,999,999,999', () => {
    for (const text of ['', '0', '000000000000', '1234567890123', '12a', '1.5', '-', '٣', '0x1', '1\n']) {
      expect(parseSerial(text).ok).toBe(false);
    }
    for (const value of [0n, -1n, SERIAL_MAX + 1n]) expect(tokenSerial(value).ok).toBe(false);
    expect(parseSerial('1234 5678-9012')).toEqual({ ok: true, value: 123_456_789_012n });
  });
});

function serialOf(value: bigint): TokenSerial {
  const made = tokenSerial(value);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}
