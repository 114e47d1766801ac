import { toHex } from '@chiavetta/protocol/bytes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitFlips } from '../../testing/codec-laws.ts';
import { OTC_FLASH, VAULT_RECORD } from './otc-flash.ts';
import type { Vault } from './vault.ts';
import { decodeVault, encodeVault, VAULT_BYTES_MAX } from './vault-codec.ts';

const bytes = (count: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: count, maxLength: count });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const text = (max: number): fc.Arbitrary<string> =>
  fc.string({
    maxLength: max,
    unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  });
const generation = {
  generation: fc.integer({ min: 1, max: 255 }),
  kHdr: bytes(32),
  ck: bytes(32),
  m: bytes(32),
  next: u32,
};
const slot = fc.record({
  slot: fc.integer({ min: 0, max: 7 }),
  hintKey: bytes(32),
  label: text(16),
  customerLabel: text(24),
  active: fc.option(fc.record(generation), { nil: undefined }),
  pending: fc.option(
    fc.record({
      ...generation,
      kRoot: bytes(32),
      code10: text(10),
      pairingCounter: u32,
      pair2Opened: fc.boolean(),
    }),
    { nil: undefined },
  ),
});
const vault: fc.Arbitrary<Vault> = fc.record({
  seedEpoch: u32,
  lastPairing: u32,
  triesEpoch: u32,
  pin: fc.option(fc.record({ salt: bytes(16), verifier: bytes(32) }), { nil: undefined }),
  nextPrekeyId: fc.integer({ min: 0, max: 254 }),
  stagingKey: bytes(32),
  serverKeys: fc.array(fc.record({ keyId: fc.integer({ min: 0, max: 255 }), publicKey: bytes(32) }), {
    maxLength: 2,
  }),
  prekeys: fc.array(fc.record({ id: fc.integer({ min: 0, max: 254 }), secret: bytes(32) }), { maxLength: 8 }),
  slots: fc.array(slot, { maxLength: 8 }),
});

describe('the vault as bytes', () => {
  it('is read back as it was written, and fits its record', () => {
    fc.assert(
      fc.property(vault, (value) => {
        const encoded = encodeVault(value);
        expect(encoded.length).toBeLessThanOrEqual(VAULT_BYTES_MAX);
        expect(decodeVault(encoded)).toEqual(value);
      }),
      { numRuns: 100 },
    );
  });

  it('is refused when a byte is missing or too many', () => {
    fc.assert(
      fc.property(vault, fc.nat(), (value, at) => {
        const encoded = encodeVault(value);
        expect(decodeVault(encoded.slice(0, at % encoded.length))).toBeUndefined();
        expect(decodeVault(new Uint8Array([...encoded, 0]))).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  // The vault is sealed (identity-record.prop.test.ts, "sealed flash"); this is what stands behind the seal.
  it('with any single bit flipped is refused or written back as those very bytes', () => {
    fc.assert(
      fc.property(vault, (value) => {
        const small = { ...value, prekeys: value.prekeys.slice(0, 1), slots: value.slots.slice(0, 2) };
        for (const flipped of bitFlips(encodeVault(small))) {
          const read = decodeVault(flipped);
          if (read !== undefined) expect(toHex(encodeVault(read))).toBe(toHex(flipped));
        }
      }),
      { numRuns: 2 },
    );
  });

  it('never holds more keys, prekeys or slots than a token has', () => {
    const [value] = fc.sample(vault, 1);
    if (value === undefined) throw new Error('no sample');
    const serverKey = { keyId: 1, publicKey: new Uint8Array(32) };
    const prekey = { id: 1, secret: new Uint8Array(32) };
    const one = { slot: 0, hintKey: new Uint8Array(32), label: '', customerLabel: '' };
    const empty = { ...one, active: undefined, pending: undefined };
    for (const overfull of [
      { serverKeys: Array.from({ length: 3 }, () => serverKey) },
      { prekeys: Array.from({ length: 9 }, () => prekey) },
      { slots: Array.from({ length: 9 }, () => empty) },
    ]) {
      expect(decodeVault(encodeVault({ ...value, ...overfull }))).toBeUndefined();
    }
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (garbage) => {
        expect(() => decodeVault(garbage)).not.toThrow();
        expect(() => decodeVault(new Uint8Array([1, ...garbage]))).not.toThrow();
      }),
    );
  });

  it('has the sizes that docs/spec/devices.md prints', () => {
    const head = 1 + 4 + 4 + 4 + (1 + 16 + 32) + 1 + 32 + 3;
    expect(VAULT_BYTES_MAX).toBe(head + 2 * 33 + 8 * 33 + 8 * (76 + 101 + 149));
  });

  it('fills a copy of its record, so that the next version erases the keys of the one before', () => {
    const place = OTC_FLASH.places.find(({ name }) => name === VAULT_RECORD);
    expect(place?.slotsPerCopy).toBe(1);
  });
});
