import { describe, expect, it } from 'vitest';
import { u64 } from '../bytes/index.ts';
import { nobleCrypto as crypto } from '../ports/index.ts';
import { otcDevice } from '../testing/index.ts';
import {
  decDigits,
  isWeakPin,
  keptGeneration,
  nextGeneration,
  PREKEY_COUNT,
  prekeyIdAfter,
  prekeysLeft,
  sameGenerationBits,
  signPrekeys,
  verifyPrekeys,
} from './index.ts';
import { decodePinPolicy } from './pin-policy.ts';

describe('a weak PIN', () => {
  it.each(['11111', '00000', '12345', '89012', '98765', '10987', '54321', '12121', '90909', '01010'])(
    'is %s',
    (pin) => expect(isWeakPin(pin)).toBe(true),
  );
  it.each(['12346', '13579', '11112', '28417', '12312', '10000'])('is not %s', (pin) =>
    expect(isWeakPin(pin)).toBe(false),
  );
  it('is one of exactly 120 of the 100,000', () => {
    let weakCount = 0;
    for (let pin = 0; pin < 100_000; pin += 1) if (isWeakPin(pin.toString().padStart(5, '0'))) weakCount += 1;
    expect(weakCount).toBe(120);
  });
  it('is also what the profile lists', () => {
    expect(isWeakPin('28417', ['28417'])).toBe(true);
  });
});

describe('the PIN policy', () => {
  it('asks for five digits and keeps seven bits free', () => {
    expect(decodePinPolicy({ pinDigits: 5, pinFlags: 0 })).toEqual({
      ok: true,
      value: { digits: 5, mode: 'new_pin' },
    });
    expect(decodePinPolicy({ pinDigits: 5, pinFlags: 1 })).toMatchObject({ value: { mode: 'keep_pin' } });
    for (let digits = 0; digits < 256; digits += 1) {
      expect(decodePinPolicy({ pinDigits: digits, pinFlags: 0 }).ok).toBe(digits === 5);
    }
    for (let flags = 0; flags < 256; flags += 1) {
      expect(decodePinPolicy({ pinDigits: 5, pinFlags: flags }).ok).toBe(flags <= 1);
    }
  });
});

describe('generations', () => {
  it('are fresh, 1 to 255, and never equal to the active one mod 32', () => {
    for (let active = 0; active <= 255; active += 1) {
      for (let last = 0; last <= 255; last += 1) {
        const next = nextGeneration({ last, active });
        expect(next).toBeGreaterThanOrEqual(1);
        expect(next).toBeLessThanOrEqual(255);
        expect(next).not.toBe(last);
        if (active !== 0) expect(sameGenerationBits(next, active)).toBe(false);
      }
    }
  });
  it('come round to 1 after 255', () => {
    expect(nextGeneration({ last: 255, active: 0 })).toBe(1);
  });
  it('are kept by the number that a PAIR1 names, none for 0', () => {
    const held = [{ generation: 4 }, { generation: 5 }];
    expect(keptGeneration(held, 5)).toEqual({ generation: 5 });
    expect(keptGeneration(held, 6)).toBeUndefined();
    expect(keptGeneration(held, 0)).toBeUndefined();
  });
});

describe('prekeys', () => {
  const device = otcDevice(crypto, 51);
  const secrets = device.prekeys.map((prekey) => prekey.secret);
  const identityKey = crypto.ed25519PublicKey(device.identitySecret);
  const block = signPrekeys(crypto, { ...device, firstId: 250, secrets });
  const verify = (changes: object, serial = device.serial) =>
    verifyPrekeys(crypto, { identityKey, serial, block: { ...block, ...changes } });

  it('are numbered on after 254 with 0, and 255 is never one', () => {
    const verified = verify({});
    expect(verified.ok && verified.value.map((prekey) => prekey.id)).toEqual([
      250, 251, 252, 253, 254, 0, 1, 2,
    ]);
    expect(verified.ok && verified.value.map((prekey) => prekey.publicKey)).toEqual(
      device.publicPrekeys.map((prekey) => prekey.publicKey),
    );
    expect(prekeyIdAfter(254, 1)).toBe(0);
    expect(PREKEY_COUNT).toBe(8);
  });

  it('are refused when the number, the serial or any key was changed after signing', () => {
    const publics = block.publics.slice();
    publics[255] = (publics[255] ?? 0) ^ 1;
    for (const verified of [verify({ firstId: 249 }), verify({ publics }), verify({}, 1n)]) {
      expect(verified).toEqual({ ok: false, error: { code: 'prekey_signature' } });
    }
  });

  it('are refused in any other shape', () => {
    const shapes = [
      { firstId: 255 },
      { firstId: -1 },
      { firstId: 0.5 },
      { publics: block.publics.slice(1) },
      { signature: block.signature.slice(1) },
    ];
    for (const shape of shapes) {
      expect(verify(shape)).toEqual({ ok: false, error: { code: 'prekey_shape' } });
    }
  });

  it('go in the order of making, also across the wrap', () => {
    const held = [253, 254, 0, 1].map((id) => ({ id }));
    expect(prekeysLeft(held, 254)).toEqual([{ id: 0 }, { id: 1 }]);
    expect(prekeysLeft(held, 1)).toEqual([]);
  });
});

describe('digits from a MAC', () => {
  it('are the first 64 bits mod 10^n with leading zeros', () => {
    expect(decDigits(u64(123n), 6)).toBe('000123');
    expect(decDigits(u64(2n ** 64n - 1n), 10)).toBe('3709551615');
    expect(decDigits(Uint8Array.of(...u64(7n), 255), 10)).toBe('0000000007');
  });
});
