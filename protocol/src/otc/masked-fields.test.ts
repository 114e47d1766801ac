import { describe, expect, it } from 'vitest';
import { nobleCrypto as crypto } from '../ports/index.ts';
import { otcPair, pair1ContentOf } from '../testing/index.ts';
import { deadPayload, hedged, sealLogin, sealPair1 } from './index.ts';

/** Chi-square of byte counts over 256 cells; with 255 degrees of freedom p = 0.0005 at each end is 183 and 343. */
function chiSquare(bytes: readonly number[]): number {
  const counts = new Array<number>(256).fill(0);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const expected = bytes.length / 256;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
const LOW = 183;
const HIGH = 343;

const pair = otcPair(crypto, { seed: 41 });
const { device, server } = pair;

describe('the masked fields look random to whoever has no key', () => {
  it('in challenges whose clear hint and counter never change', () => {
    const content = { session: new Uint8Array(8), timeS: 0, previousAccepted: false, text: '' };
    const bytes: number[] = [];
    for (let round = 0; round < 4_000; round += 1) {
      const sealed = sealLogin(crypto, { generation: server, content, hedge: device.hedge() });
      if (sealed.ok) bytes.push(...sealed.value.payload.subarray(2, 11));
    }
    expect(bytes.length).toBe(36_000);
    expect(chiSquare(bytes)).toBeGreaterThan(LOW);
    expect(chiSquare(bytes)).toBeLessThan(HIGH);
  });

  it('in PAIR1s with one counter and one prekey', () => {
    const bytes: number[] = [];
    for (let round = 0; round < 300; round += 1) {
      const sealed = sealPair1(crypto, {
        ...device,
        slot: 0,
        prekey: device.publicPrekeys[0],
        pairingCounter: 1,
        content: pair1ContentOf(device, 1),
        hedge: device.hedge(),
      });
      if (sealed.ok) bytes.push(...sealed.value.payload.subarray(2, 11), sealed.value.payload[51] ?? 0);
    }
    expect(bytes.length).toBe(3_000);
    expect(chiSquare(bytes)).toBeGreaterThan(LOW);
    expect(chiSquare(bytes)).toBeLessThan(HIGH);
  });
});

describe('a dead payload', () => {
  it('has the clear bytes of a live one and noise everywhere else', () => {
    const random = device.entropy.randomBytes(102);
    const ephemeralKey = crypto.x25519PublicKey(device.entropy.randomBytes(32));
    const dead = deadPayload({ kind: 'pair1', random, ephemeralKey, serverKeyId: 3 });
    expect(dead.length).toBe(102);
    expect([...dead.subarray(0, 2)]).toEqual([0xc1, 1]);
    expect(dead.subarray(2, 19)).toEqual(random.subarray(2, 19));
    expect(dead.subarray(19, 51)).toEqual(ephemeralKey);
    expect(dead[51]).toBe(random[51]);
    expect(dead[52]).toBe(3);
    expect(dead.subarray(53)).toEqual(random.subarray(53));
  });

  it('of each kind has the size of a live one or is not made', () => {
    expect(deadPayload({ kind: 'login', random: new Uint8Array(75) })[1]).toBe(3);
    expect(deadPayload({ kind: 'transaction', random: new Uint8Array(138) })[1]).toBe(4);
    expect(() => deadPayload({ kind: 'login', random: new Uint8Array(74) })).toThrow();
    expect(() => deadPayload({ kind: 'transaction', random: new Uint8Array(156) })).toThrow();
  });

  it('leaves the random bytes of its caller as they were', () => {
    const random = new Uint8Array(45);
    deadPayload({ kind: 'management', random });
    expect(random).toEqual(new Uint8Array(45));
  });
});

describe('a hedge', () => {
  const hedge = { key: new Uint8Array(32), binding: Uint8Array.of(1), random: new Uint8Array(32) };
  const job = { hedge, purpose: 'nonce', counter: 1, plaintext: Uint8Array.of(1) } as const;
  const nonce = (changes: object): string => String(hedged(crypto, { ...job, ...changes }));

  it('gives other nonces for another counter, plaintext or binding even if the random source repeats', () => {
    const all = [
      nonce({}),
      nonce({ counter: 2 }),
      nonce({ plaintext: Uint8Array.of(2) }),
      nonce({ hedge: { ...hedge, binding: Uint8Array.of(2) } }),
      nonce({ hedge: { ...hedge, key: new Uint8Array(32).fill(1) } }),
      nonce({ hedge: { ...hedge, random: new Uint8Array(32).fill(1) } }),
      nonce({ hedge: { ...hedge, binding: Uint8Array.of(1, 0) } }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('has the size of its purpose, and no purpose begins like another', () => {
    const bytes = (purpose: 'nonce' | 'ephemeral') => hedged(crypto, { ...job, purpose });
    expect([bytes('nonce').length, bytes('ephemeral').length]).toEqual([8, 32]);
    expect(bytes('ephemeral').subarray(0, 8)).not.toEqual(bytes('nonce'));
    expect(bytes('ephemeral').subarray(0, 8)).not.toEqual(bytes('nonce'));
  });
});
