import { fromHex } from '@chiavetta/protocol/bytes';
import { decimalCode, dynamicTruncation, hotp, totp } from '@chiavetta/protocol/otp';
import type { HmacHash } from '@chiavetta/protocol/ports';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { nodeCrypto } from '@chiavetta/validator/node-crypto';
import { describe, expect, test } from 'vitest';
import { hexBytes, readVectors } from './vector-file.ts';

type HotpVectors = {
  readonly secret: string;
  readonly vectors: readonly {
    readonly counter: number;
    readonly mac: string;
    readonly truncatedHex: string;
    readonly truncated: number;
    readonly hotp: string;
  }[];
};
type TotpVectors = {
  readonly digits: 8;
  readonly stepS: number;
  readonly secrets: Record<HmacHash, string>;
  readonly vectors: readonly { readonly timeS: number; readonly hash: HmacHash; readonly totp: string }[];
};

const hotpVectors = readVectors<HotpVectors>('hotp-rfc4226.json');
const totpVectors = readVectors<TotpVectors>('totp-rfc6238.json');

test('the vector files hold all 10 rows of RFC 4226 D and all 18 of RFC 6238 B', () => {
  expect(hotpVectors.vectors).toHaveLength(10);
  expect(totpVectors.vectors).toHaveLength(18);
});

describe.each([
  ['noble', nobleCrypto],
  ['node:crypto', nodeCrypto],
] as const)('over %s', (_name, crypto) => {
  const secret = hexBytes(hotpVectors.secret);

  test.each(hotpVectors.vectors)(
    'RFC 4226 appendix D, count $counter: $hotp with its intermediate values',
    (row) => {
      const counter = new Uint8Array(8);
      counter[7] = row.counter;
      const mac = crypto.hmac('sha1', secret, counter);
      expect(fromHex(row.mac)).toEqual({ ok: true, value: Uint8Array.from(mac) });
      expect(dynamicTruncation(mac)).toBe(row.truncated);
      expect(dynamicTruncation(mac).toString(16)).toBe(row.truncatedHex);
      expect(decimalCode(row.truncated, 6)).toBe(row.hotp);
      expect(hotp({ crypto, secret, counter: BigInt(row.counter) })).toBe(row.hotp);
    },
  );

  test.each(totpVectors.vectors)('RFC 6238 appendix B, $hash at $timeS s: $totp', (row) => {
    const { digits, stepS, secrets } = totpVectors;
    const key = hexBytes(secrets[row.hash]);
    expect(totp({ crypto, secret: key, timeS: row.timeS, stepS, digits, hash: row.hash })).toBe(row.totp);
  });
});
