import type { TokenSerial } from '@chiavetta/protocol/keys';
import { SERIAL_MAX, tokenSerial } from '@chiavetta/protocol/keys';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flashBytes } from '../core/flash-map.ts';
import { FOB_FLASH } from '../core/fob/index.ts';
import { OTC_FLASH } from '../core/otc/index.ts';
import {
  decodeAnchor,
  decodeMadeToken,
  decodeMaker,
  encodeAnchor,
  encodeMadeToken,
  encodeMaker,
} from './index.ts';
import type { MadeToken } from './made-token.ts';
import type { BankAnchor, Maker } from './maker.ts';

const bytes = (byteCount: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
const serials: fc.Arbitrary<TokenSerial> = fc.bigInt({ min: 1n, max: SERIAL_MAX }).map((value) => {
  const serial = tokenSerial(value);
  if (!serial.ok) throw new Error(serial.error.code);
  return serial.value;
});
const makers: fc.Arbitrary<Maker> = fc.record({
  makerId: fc.nat(0xffff_ffff),
  rootSecret: bytes(32),
  rootPublicKey: bytes(32),
  issuerSecret: bytes(32),
  issuerCertificate: bytes(158),
});
const anchors: fc.Arbitrary<BankAnchor> = fc.record({ secret: bytes(32), publicKey: bytes(32) });
const tokens: fc.Arbitrary<MadeToken> = fc.constantFrom('fob' as const, 'otc' as const).chain((kind) =>
  fc.record({
    serial: serials,
    kind: fc.constant(kind),
    profile: fc.string({ maxLength: 12 }),
    certificate: bytes(158),
    // A flash image is long: one byte stands for all of it.
    image: fc
      .nat(255)
      .map((byte) => new Uint8Array(flashBytes(kind === 'fob' ? FOB_FLASH : OTC_FLASH)).fill(byte)),
    elementKey: bytes(32),
  }),
);

type File = { readonly name: string; readonly texts: fc.Arbitrary<string>; readonly decode: Decode };
type Decode = (text: string) => { readonly ok: boolean };

const files: readonly File[] = [
  { name: 'maker', texts: makers.map(encodeMaker), decode: decodeMaker },
  { name: 'anchor', texts: anchors.map(encodeAnchor), decode: decodeAnchor },
  { name: 'token', texts: tokens.map(encodeMadeToken), decode: decodeMadeToken },
];

describe('a factory file', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(makers, anchors, tokens, (maker, anchor, token) => {
        expect(decodeMaker(encodeMaker(maker))).toEqual({ ok: true, value: maker });
        expect(decodeAnchor(encodeAnchor(anchor))).toEqual({ ok: true, value: anchor });
        expect(decodeMadeToken(encodeMadeToken(token))).toEqual({ ok: true, value: token });
      }),
      { numRuns: 5 },
    );
  });
});

describe.each(files)('the file of a $name', ({ name, texts, decode }) => {
  const refused = { ok: false, error: { code: 'not_a_factory_file', expected: name } };

  it('is none at any truncation', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (text, where) => {
        // The last two characters are the closing brace and the line end.
        expect(decode(text.slice(0, where % (text.length - 1)))).toEqual(refused);
      }),
      { numRuns: 100 },
    );
  });

  it('is none without any one of its fields, and none with a byte string of another size', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const fields: Record<string, unknown> = JSON.parse(text);
        for (const field of Object.keys(fields)) {
          const { [field]: value, ...rest } = fields;
          expect(decode(JSON.stringify(rest)), field).toEqual(refused);
          expect(decode(JSON.stringify({ ...rest, [field]: null })), field).toEqual(refused);
          if (typeof value !== 'string' || ['kind', 'profile', 'serial', 'file'].includes(field)) continue;
          for (const other of ['', value.slice(4), `AAAA${value}`, value.slice(1)]) {
            expect(decode(JSON.stringify({ ...rest, [field]: other })), field).toEqual(refused);
          }
        }
      }),
      { numRuns: 5 },
    );
  });

  it('gets an answer whatever it is, and what is no file of this kind is refused without a word of it', () => {
    const others = files.filter((one) => one.name !== name).map((one) => one.texts);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), ...others), (text) => {
        expect(decode(text)).toEqual(refused);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the file of a maker', () => {
  it('is none with a number that no manifest can carry', () => {
    const [text = ''] = fc.sample(makers.map(encodeMaker), 1);
    for (const makerId of ['-1', '1.5', '4294967296', '1e400', '"1"']) {
      expect(decodeMaker(text.replace(/"makerId": \d+/, `"makerId": ${makerId}`)).ok, makerId).toBe(false);
    }
  });
});
