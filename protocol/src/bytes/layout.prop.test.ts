import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Layout } from './index.ts';
import {
  fieldBytes,
  fieldText,
  fieldU8,
  fieldU16,
  fieldU32,
  fieldU64,
  isLayoutText,
  layout,
  toHex,
} from './index.ts';

type Sample = {
  readonly flag: number;
  readonly port: number;
  readonly count: number;
  readonly total: bigint;
  readonly key: Uint8Array;
  readonly label: string;
};

const sampleLayout: Layout<Sample> = layout('sample', {
  flag: fieldU8,
  port: fieldU16,
  count: fieldU32,
  total: fieldU64,
  key: fieldBytes(5),
  label: fieldText(7),
});

const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((unit) => String.fromCharCode(unit)),
  maxLength: 7,
});
/** Mostly printable, sometimes any UTF-16 code unit, sometimes too long. */
const anyText = fc
  .array(fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) }, fc.nat(0xffff)), {
    maxLength: 9,
  })
  .map((units) => String.fromCharCode(...units));
const sample: fc.Arbitrary<Sample> = fc.record({
  flag: fc.nat(0xff),
  port: fc.nat(0xffff),
  count: fc.nat(0xffff_ffff),
  total: fc.bigInt(0n, 0xffff_ffff_ffff_ffffn),
  key: fc.uint8Array({ minLength: 5, maxLength: 5 }),
  label: printable,
});

describe('a layout', () => {
  test('gives back each value that it encoded', () => {
    fc.assert(
      fc.property(sample, (value) => {
        const bytes = sampleLayout.encode(value);
        expect(bytes.length).toBe(sampleLayout.byteCount);
        expect(sampleLayout.decode(bytes)).toEqual({ ok: true, value });
      }),
    );
  });

  test('encodes what it decoded to the same bytes: each value has one spelling', () => {
    fc.assert(
      fc.property(sample, fc.nat(28 * 8 - 1), (value, bit) => {
        const bytes = sampleLayout.encode(value);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const decoded = sampleLayout.decode(bytes);
        if (decoded.ok) expect(toHex(sampleLayout.encode(decoded.value))).toBe(toHex(bytes));
      }),
    );
  });

  test('answers any bytes without a throw, and refuses every size but its own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const decoded = sampleLayout.decode(bytes);
        if (bytes.length !== sampleLayout.byteCount) {
          expect(decoded).toEqual({
            ok: false,
            error: { code: 'wrong_length', layout: 'sample', expectedBytes: 28, foundBytes: bytes.length },
          });
        }
      }),
    );
  });

  test('reads inside the bytes of a larger buffer, and shares no memory with them', () => {
    fc.assert(
      fc.property(sample, (value) => {
        const outer = new Uint8Array(100).fill(0xaa);
        outer.set(sampleLayout.encode(value), 37);
        const decoded = sampleLayout.decode(outer.subarray(37, 37 + 28));
        outer.fill(0x55);
        expect(decoded).toEqual({ ok: true, value });
      }),
    );
  });

  test('names the field and the fault of a text that is too long, not printable or badly padded', () => {
    const good = sampleLayout.encode(SAMPLE);
    const at = sampleLayout.offsets.get('label') ?? 0;
    expect(at).toBe(20);
    for (const [offset, byte, fault] of [
      [at, 8, 'text_too_long'],
      [at + 1, 0x1b, 'text_not_printable'],
      [at + 1, 0x7f, 'text_not_printable'],
      [at + 1, 0xe2, 'text_not_printable'],
      [at + 7, 0x20, 'text_padding'],
    ] as const) {
      const bytes = good.slice();
      bytes[offset] = byte;
      expect(sampleLayout.decode(bytes)).toEqual({
        ok: false,
        error: { code: 'bad_field', layout: 'sample', field: 'label', fault },
      });
    }
  });

  test('never encodes a value that its field cannot hold', () => {
    const wrong: readonly Partial<Sample>[] = [
      { flag: 256 },
      { flag: -1 },
      { flag: 1.5 },
      { port: 65_536 },
      { count: 2 ** 32 },
      { count: Number.NaN },
      { total: 2n ** 64n },
      { total: -1n },
      { key: new Uint8Array(4) },
      { label: '12345678' },
      { label: 'tab\t' },
      { label: 'é' },
    ];
    for (const change of wrong) {
      expect(() => sampleLayout.encode({ ...SAMPLE, ...change })).toThrow('Invariant broken');
    }
  });

  test('takes exactly the texts that isLayoutText lets through', () => {
    fc.assert(
      fc.property(anyText, (label) => {
        const encode = () => sampleLayout.encode({ ...SAMPLE, label });
        if (isLayoutText(label, 7)) expect(encode).not.toThrow();
        else expect(encode).toThrow('Invariant broken');
      }),
    );
  });
});

const SAMPLE: Sample = {
  flag: 1,
  port: 2,
  count: 3,
  total: 4n,
  key: Uint8Array.of(5, 6, 7, 8, 9),
  label: 'bank',
};
