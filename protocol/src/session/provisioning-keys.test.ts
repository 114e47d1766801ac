import { hkdfSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { asciiBytes, concatBytes, toHex, u32, u64 } from '../bytes/index.ts';
import { tokenSerial } from '../keys/index.ts';
import { nobleCrypto } from '../ports/index.ts';
import { seededEntropy } from '../testing/index.ts';
import type { SeedBytes } from './index.ts';
import { deriveProvisioning, readyMac } from './index.ts';

const entropy = seededEntropy('provisioning keys', 1);
const exporter = entropy.randomBytes(32);
const txid = entropy.randomBytes(16);
const serial = serialOf(42n);

describe('the keys of one provisioning transaction', () => {
  test.each([0, 20, 32] as const)('are HKDF-SHA-256 of the exporter, for a seed of %i bytes', (seedBytes) => {
    const keys = derive({ seedBytes });
    const info = concatBytes(asciiBytes('chiavetta/v1 seed'), u64(42n), u32(3));
    const okm = new Uint8Array(hkdfSync('sha256', exporter, txid, info, seedBytes + 32));
    expect(toHex(keys.seed)).toBe(toHex(okm.subarray(0, seedBytes)));
    expect(toHex(keys.readyKey)).toBe(toHex(okm.subarray(seedBytes)));
  });

  test('change with each of exporter, txid, serial and seed epoch', () => {
    const seeds = [
      derive({}),
      derive({ exporter: entropy.randomBytes(32) }),
      derive({ txid: entropy.randomBytes(16) }),
      derive({ serial: serialOf(43n) }),
      derive({ seedEpoch: 4 }),
    ].map((keys) => `${toHex(keys.seed)} ${toHex(keys.readyKey)}`);
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  test('prove the whole PREPARE body: another txid, body or key gives another proof', () => {
    const { readyKey } = derive({});
    const prepareBody = Uint8Array.of(0, 0, 0, 3, 1, 1, 6, 0);
    const proofs = [
      readyMac(nobleCrypto, { readyKey, txid, prepareBody }),
      readyMac(nobleCrypto, { readyKey, txid: entropy.randomBytes(16), prepareBody }),
      readyMac(nobleCrypto, { readyKey, txid, prepareBody: prepareBody.subarray(1) }),
      readyMac(nobleCrypto, { readyKey: entropy.randomBytes(32), txid, prepareBody }),
    ].map(toHex);
    expect(new Set(proofs).size).toBe(proofs.length);
  });
});

function derive(changed: Partial<Parameters<typeof deriveProvisioning>[1]>) {
  const seedBytes: SeedBytes = 20;
  return deriveProvisioning(nobleCrypto, { exporter, txid, serial, seedEpoch: 3, seedBytes, ...changed });
}

function serialOf(value: bigint) {
  const made = tokenSerial(value);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}
