import { base32 as scureBase32 } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Encoding } from './taint-scan.ts';
import { ENCODINGS, taintScan } from './taint-scan.ts';

/** Other people's encoders: a canary is written as any program would write it. */
const WRITERS: Readonly<Record<Encoding, (bytes: Uint8Array) => Uint8Array | string>> = {
  raw: (bytes) => bytes,
  hex: (bytes) => Buffer.from(bytes).toString('hex').toUpperCase(),
  base32: (bytes) => scureBase32.encode(bytes),
  base64: (bytes) => Buffer.from(bytes).toString('base64'),
  base64url: (bytes) => Buffer.from(bytes).toString('base64url'),
  decimal: (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`).toString(10),
  'decimal bytes': (bytes) => JSON.stringify([...bytes]),
};

const secretBytes = fc.uint8Array({ minLength: 16, maxLength: 32 });
const noise = fc.uint8Array({ maxLength: 40 });

describe('the search for secrets', () => {
  test.each(ENCODINGS)('finds every planted canary that is written in %s', (encoding) => {
    fc.assert(
      fc.property(secretBytes, noise, noise, (bytes, before, after) => {
        // Numbers have no place for what stands before them; the other writings are made of all three parts at once.
        const isNumber = encoding.startsWith('decimal');
        const whole = isNumber ? bytes : new Uint8Array([...before, ...bytes, ...after]);
        const written = Buffer.from(WRITERS[encoding](whole));
        const surface = { name: 'log', bytes: Buffer.concat([Buffer.from('x='), written, Buffer.from(';')]) };
        const hits = taintScan([{ name: 'canary', bytes }], [surface]);
        expect(hits.map((hit) => hit.encoding)).toContain(encoding);
      }),
    );
  });

  test('finds nothing where nothing was planted', () => {
    fc.assert(
      fc.property(secretBytes, fc.uint8Array({ maxLength: 500 }), (bytes, other) => {
        fc.pre(!Buffer.from(other).includes(Buffer.from(bytes)));
        expect(taintScan([{ name: 'canary', bytes }], [{ name: 'log', bytes: other }])).toEqual([]);
      }),
    );
  });
});
