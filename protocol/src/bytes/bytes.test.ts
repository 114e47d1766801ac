import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asciiBytes,
  asciiText,
  assertNever,
  concatBytes,
  equalConstantTime,
  fromBase64,
  fromHex,
  readU64,
  readUint,
  SecretKey,
  toBase64,
  toHex,
  u8,
  u16,
  u32,
  u64,
  xorBytes,
} from './index.ts';

const anyBytes = fc.uint8Array({ maxLength: 64 });
const anyText = fc.uint16Array({ maxLength: 40 }).map((units) => String.fromCharCode(...units));

describe('byte strings', () => {
  test('join in order into new memory', () => {
    const left = Uint8Array.of(1, 2);
    const joined = concatBytes(left, new Uint8Array(0), Uint8Array.of(3));
    left.fill(9);
    expect(joined).toEqual(Uint8Array.of(1, 2, 3));
  });

  test('are undone by a second XOR, and have one size', () => {
    fc.assert(
      fc.property(anyBytes, (left) => {
        const right = left.map((byte) => (byte * 7 + 3) & 0xff);
        expect(xorBytes(xorBytes(left, right), right)).toEqual(left);
      }),
    );
    expect(() => xorBytes(new Uint8Array(1), new Uint8Array(2))).toThrow('Invariant broken');
  });

  test('compare as equal only when every byte is', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (left, right) => {
        expect(equalConstantTime(left, right)).toBe(toHex(left) === toHex(right));
        expect(equalConstantTime(left, left.slice())).toBe(true);
        expect(equalConstantTime(left, concatBytes(left, u8(0)))).toBe(false);
      }),
    );
    for (let bit = 0; bit < 64; bit += 1) {
      const other = new Uint8Array(8);
      other[bit >> 3] = 1 << (bit & 7);
      expect(equalConstantTime(new Uint8Array(8), other)).toBe(false);
    }
  });
});

describe('integers', () => {
  test('are big-endian, read back, and refuse what does not fit', () => {
    expect([toHex(u8(0xfe)), toHex(u16(0x0102)), toHex(u32(0x0102_0304))]).toEqual([
      'fe',
      '0102',
      '01020304',
    ]);
    expect(toHex(u64(0x0102_0304_0506_0708n))).toBe('0102030405060708');
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), (value) => {
        expect(readUint(u32(value))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (value) => {
        expect(readU64(concatBytes(u8(1), u64(value)).subarray(1))).toBe(value);
      }),
    );
    for (const wrong of [-1, 256, 0.5, Number.NaN]) expect(() => u8(wrong)).toThrow('Invariant broken');
    expect(() => u64(2n ** 64n)).toThrow('Invariant broken');
  });
});

describe('texts of bytes', () => {
  test('round-trip as hexadecimal and base64', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual({ ok: true, value: bytes });
        expect(fromHex(toHex(bytes).toUpperCase())).toEqual({ ok: true, value: bytes });
        expect(fromBase64(toBase64(bytes))).toEqual({ ok: true, value: bytes });
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
  });

  test('answer any text without a throw, and have one base64 spelling per value', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.base64String()), (text) => {
        const hex = fromHex(text);
        if (hex.ok) expect(toHex(hex.value)).toBe(text.toLowerCase());
        const base64 = fromBase64(text);
        if (base64.ok) expect(toBase64(base64.value)).toBe(text);
      }),
    );
    for (const text of ['QQ', 'QR==', 'QQ==\n', '-_==', 'QQ= ']) expect(fromBase64(text).ok).toBe(false);
    for (const text of ['0', '0g', ' 00', '0x00', '00\n']) expect(fromHex(text).ok).toBe(false);
  });

  test('show no control byte', () => {
    expect(asciiText(concatBytes(asciiBytes('A~ '), Uint8Array.of(0x1b, 0x7f, 0x0a, 0x9b)))).toBe('A~ ????');
    expect(() => asciiBytes('è')).toThrow('Invariant broken');
  });
});

describe('a secret key', () => {
  const bytes = asciiBytes('a very secret key of thirty-two!');

  test('prints as [secret] wherever values are printed', () => {
    const key = SecretKey.from(bytes);
    for (const shown of [
      `${key}`,
      String(key),
      JSON.stringify({ key }),
      inspect({ key }, { showHidden: true }),
    ]) {
      expect(shown).toContain('[secret]');
      expect(shown).not.toContain('97');
      expect(shown).not.toContain('very');
    }
    expect(Object.keys(key)).toEqual([]);
  });

  test('keeps a copy, exposes it until it is wiped, and is then gone', () => {
    const source = bytes.slice();
    const key = SecretKey.from(source);
    source.fill(0);
    const exposed = key.expose();
    expect(exposed).toEqual(bytes);
    key.wipe();
    expect(exposed).toEqual(new Uint8Array(bytes.length));
    expect(() => key.expose()).toThrow('a wiped key is not used again');
  });
});

describe('a broken invariant', () => {
  test('does not print the value that no one expected', () => {
    const unexpected: unknown = 'hunter2';
    if (!passesForNever(unexpected)) throw new Error('the guard lets everything through');
    expect(() => assertNever(unexpected)).toThrow(/^(?!.*hunter2)/);
  });
});

/** What bad input does to a type: at run time a value stands where the compiler knows of none. */
function passesForNever(_value: unknown): _value is never {
  return true;
}
