import { fromBase64, toBase64 } from '@chiavetta/protocol/bytes';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import type { MailKind } from '../ports/mail.ts';
import { MAIL_RANDOM_BYTES, openMail, sealMail } from './sealed-mail.ts';
import { openUnder, sealUnder } from './sealing.ts';

const cryptos = [
  { name: 'the pure library', crypto: nobleCrypto },
  { name: 'node:crypto', crypto: nodeCrypto },
] as const;

const bytes = (byteCount: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
const some = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const keys = fc.record({ kek: bytes(32), hedgeKey: bytes(32) });
const jobs = fc.record({ keys, aad: some(40), hedge: some(36), plaintext: some(48) });
const texts = fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 12 }), {
  maxKeys: 3,
  noNullPrototype: true,
});
const mails = fc.record({
  to: fc.string({ unit: 'grapheme', maxLength: 20 }),
  kind: fc.constantFrom<MailKind>('user-code', 'device-bound'),
  fields: fc.constant({}),
  customerId: fc.stringMatching(/^[0-9]{1,6}$/),
  secret: texts,
});

/** Everything that is nearly the bytes: every bit flipped, every truncation, a byte too many. */
function* nearly(whole: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const flipped = whole.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield flipped;
  }
  for (let byteCount = 0; byteCount < whole.length; byteCount += 1) yield whole.slice(0, byteCount);
  yield Uint8Array.of(...whole, 0);
}

describe.each(cryptos)('a secret sealed with $name', ({ crypto }) => {
  test('opens to what was sealed, under its own key and for its own place', () => {
    fc.assert(
      fc.property(jobs, (job) => {
        const sealed = sealUnder({ crypto, ...job });
        expect(sealed.length).toBe(12 + job.plaintext.length + 16);
        expect(openUnder({ crypto, ...job, sealed })).toEqual(job.plaintext);
        const kek = job.keys.kek.map((byte) => byte ^ 1);
        expect(openUnder({ crypto, ...job, keys: { kek }, sealed })).toBeUndefined();
        expect(openUnder({ crypto, ...job, aad: Uint8Array.of(...job.aad, 0), sealed })).toBeUndefined();
      }),
    );
  });

  test('does not open with any bit flipped, at any truncation, or with a byte too many', () => {
    fc.assert(
      fc.property(jobs, (job) => {
        for (const wrong of nearly(sealUnder({ crypto, ...job }))) {
          expect(openUnder({ crypto, ...job, sealed: wrong })).toBeUndefined();
        }
      }),
      { numRuns: 5 },
    );
  });

  test('is never found in other bytes, and none of them makes it throw', () => {
    fc.assert(
      fc.property(jobs, some(100), (job, sealed) => {
        expect(openUnder({ crypto, ...job, sealed })).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test('opens with the other library too', () => {
    const other = crypto === nodeCrypto ? nobleCrypto : nodeCrypto;
    fc.assert(
      fc.property(jobs, (job) => {
        const sealed = sealUnder({ crypto, ...job });
        expect(openUnder({ crypto: other, ...job, sealed })).toEqual(job.plaintext);
      }),
    );
  });
});

describe('a sealed message', () => {
  const crypto = nobleCrypto;
  const drawn = fc.record({ keys, random: bytes(MAIL_RANDOM_BYTES) });

  test('opens with its secret fields among the others', () => {
    fc.assert(
      fc.property(drawn, mails, texts, (parts, mail, fields) => {
        const { to, kind, secret } = mail;
        const opened = openMail({ crypto, ...parts }, sealMail({ crypto, ...parts }, { ...mail, fields }));
        expect(opened).toEqual({ to, kind, fields: { ...fields, ...secret } });
      }),
    );
  });

  test('does not open with any part of it changed, cut or taken from another', () => {
    fc.assert(
      fc.property(drawn, mails, fc.string(), (parts, mail, any) => {
        const message = sealMail({ crypto, ...parts }, mail);
        const { sealed } = message;
        if (sealed === undefined) throw new Error('nothing was sealed');
        const box = fromBase64(sealed.box);
        if (!box.ok) throw new Error(box.error.code);
        const boxes = [any, sealed.box.slice(1), ...[...nearly(box.value)].map(toBase64)];
        for (const wrong of [
          ...boxes.map((other) => ({ ...message, sealed: { ...sealed, box: other } })),
          { ...message, to: `${message.to}x` },
          { ...message, kind: 'bank-notice' as const },
          { ...message, sealed: { ...sealed, customerId: `${sealed.customerId}1` } },
          { ...message, sealed: { ...sealed, id: '00'.repeat(16) } },
        ]) {
          expect(openMail({ crypto, ...parts }, wrong)).toBeUndefined();
        }
      }),
      { numRuns: 5 },
    );
  });
});
