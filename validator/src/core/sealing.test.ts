import { nobleCrypto } from '@chiavetta/protocol/ports';
import { describe, expect, test } from 'vitest';
import { bindFob } from './binding-changes.ts';
import { openToken, sealToken } from './sealing.ts';
import type { FobToken, OpenSecret, TokenRecord, TokenState } from './token-record.ts';

const keys = { kek: new Uint8Array(32).fill(1), hedgeKey: new Uint8Array(32).fill(2) };
const seed = new Uint8Array(20).fill(7);

function fob(serial: string, customerId = 'alice'): TokenState {
  const token: FobToken<OpenSecret> = {
    serial,
    kind: 'fob',
    device: 'PROVISIONED',
    certificate: new Uint8Array(158),
    seedEpoch: 1,
    storeEpoch: 1,
    bindings: [],
    otp: {
      seed: { bytes: seed },
      mode: 'hotp',
      algorithm: 'sha1',
      digits: 6,
      stepSeconds: 30,
      next: 0,
      driftSteps: 0,
      twoCodesNeeded: false,
      used: [],
    },
  };
  return bindFob(token, { customerId, nowMs: 0 });
}

function sealed(token: TokenState, version = 3, entropy = new Uint8Array(32)): TokenRecord {
  return sealToken({ crypto: nobleCrypto, keys, version, token, entropy });
}

function opens(record: TokenRecord, version = 3): boolean {
  return openToken({ crypto: nobleCrypto, keys, version, record }) !== undefined;
}

describe('a sealed row', () => {
  test('opens to what was sealed, and shows nothing of it before', () => {
    const record = sealed(fob('000000000001'));
    expect(openToken({ crypto: nobleCrypto, keys, version: 3, record })).toEqual(fob('000000000001'));
    const bytes = record.kind === 'fob' ? record.otp?.seed.sealed : undefined;
    expect(bytes?.length).toBe(12 + 20 + 16);
    expect(Buffer.from(bytes ?? []).includes(Buffer.from(seed))).toBe(false);
  });

  test('does not open as another row: serial, user, version, seed epoch or store epoch', () => {
    const record = sealed(fob('000000000001'));
    expect(opens(record)).toBe(true);
    expect(opens(record, 2)).toBe(false);
    expect(opens(record, 4)).toBe(false);
    expect(opens({ ...record, serial: '000000000002' })).toBe(false);
    expect(opens({ ...record, seedEpoch: 2 })).toBe(false);
    expect(opens({ ...record, storeEpoch: 2 })).toBe(false);
    const mallory = sealed(fob('000000000001', 'mallory'));
    if (record.kind !== 'fob' || mallory.kind !== 'fob' || record.otp === undefined) throw new Error('a fob');
    expect(opens({ ...mallory, otp: record.otp })).toBe(false);
  });

  test('does not open with one bit changed', () => {
    const record = sealed(fob('000000000001'));
    if (record.kind !== 'fob' || record.otp === undefined) throw new Error('a fob');
    for (let bit = 0; bit < record.otp.seed.sealed.length * 8; bit += 1) {
      const bytes = record.otp.seed.sealed.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(opens({ ...record, otp: { ...record.otp, seed: { sealed: bytes } } })).toBe(false);
    }
  });

  test('gets another nonce for other contents even when the random source repeats', () => {
    const nonceOf = (record: TokenRecord) =>
      record.kind === 'fob' ? String(record.otp?.seed.sealed.subarray(0, 12)) : '';
    const one = fob('000000000001');
    if (one.kind !== 'fob' || one.otp === undefined) throw new Error('a fob');
    const other = { ...one, otp: { ...one.otp, seed: { bytes: new Uint8Array(20).fill(8) } } };
    const nonces = [sealed(one), sealed(other), sealed(one, 4), sealed(fob('000000000002'))].map(nonceOf);
    expect(new Set(nonces).size).toBe(4);
  });
});
