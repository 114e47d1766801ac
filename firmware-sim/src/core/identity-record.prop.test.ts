import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitFlips, boardWith, LAW_ELEMENT_KEY, truncations } from '../testing/codec-laws.ts';
import { flashMap } from './flash-map.ts';
import { openFromFlash, sealForFlash } from './flash-sealing.ts';
import type { Identity } from './identity-record.ts';
import { encodeIdentity, identityWish, readIdentity } from './identity-record.ts';

const MAP = flashMap([identityWish(1)]);
const PUBLIC_BYTES = 158 + 32;

const bytes = (byteCount: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
const identities: fc.Arbitrary<Identity> = fc.record({
  certificate: bytes(158),
  anchorPublicKey: bytes(32),
  ed25519Secret: bytes(32),
  x25519Secret: bytes(32),
});

function bodyOf(identity: Identity): Uint8Array {
  const nonce = new Uint8Array(12).fill(3);
  return encodeIdentity(crypto, { map: MAP, elementKey: LAW_ELEMENT_KEY, nonce, identity }).body;
}

const read = (body: Uint8Array | undefined) => readIdentity(crypto, MAP, boardWith('identity', body));

function sample(): Identity {
  const [identity] = fc.sample(identities, 1);
  if (identity === undefined) throw new Error('no sample');
  return identity;
}

describe('the identity record', () => {
  it('reads back as the factory wrote it, on its own element only', () => {
    fc.assert(
      fc.property(identities, (identity) => {
        const body = bodyOf(identity);
        expect(read(body)).toEqual(identity);
        const stolen = { ...boardWith('identity', body), elementKey: new Uint8Array(32) };
        expect(readIdentity(crypto, MAP, stolen)).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it('is none when lost, at every truncation, with a byte too many, and from any other bytes', () => {
    const body = bodyOf(sample());
    for (const wrong of [undefined, ...truncations(body), Uint8Array.of(...body, 0)]) {
      expect(read(wrong)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), bytes(body.length)), (any) => {
        expect(read(any)).toBeUndefined();
      }),
    );
  });

  // Certificate and anchor are public: the record's CRC (record-version.prop.test.ts) keeps them, and the bank checks
  // the certificate's signature. The seal keeps the secrets.
  it('with any bit of the secrets flipped is none, and a flip before them touches no secret', () => {
    const identity = sample();
    let bit = 0;
    for (const flipped of bitFlips(bodyOf(identity))) {
      const found = read(flipped);
      if (bit >= PUBLIC_BYTES * 8) expect(found, `bit ${bit}`).toBeUndefined();
      else {
        const { ed25519Secret, x25519Secret } = identity;
        expect(found).toMatchObject({ ed25519Secret, x25519Secret });
        const shown = [...(found?.certificate ?? []), ...(found?.anchorPublicKey ?? [])];
        expect(shown.join()).toBe(flipped.subarray(0, PUBLIC_BYTES).join());
      }
      bit += 1;
    }
  });
});

describe('sealed flash', () => {
  const jobs = fc.record({ elementKey: bytes(32), recordId: fc.nat(254), nonce: bytes(12) });

  it('opens to what was sealed, in its own record and element only', () => {
    fc.assert(
      fc.property(jobs, fc.uint8Array({ maxLength: 100 }), (job, plaintext) => {
        const { elementKey, recordId } = job;
        const sealed = sealForFlash(crypto, { ...job, plaintext });
        expect(openFromFlash(crypto, { elementKey, recordId, sealed })).toEqual(plaintext);
        expect(openFromFlash(crypto, { elementKey, recordId: recordId + 1, sealed })).toBeUndefined();
        const other = elementKey.map((byte) => byte ^ 1);
        expect(openFromFlash(crypto, { elementKey: other, recordId, sealed })).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('does not open with any bit flipped, at any truncation, or from any other bytes', () => {
    fc.assert(
      fc.property(
        jobs,
        fc.uint8Array({ maxLength: 20 }),
        fc.uint8Array({ maxLength: 60 }),
        (job, plaintext, any) => {
          const { elementKey, recordId } = job;
          const sealed = sealForFlash(crypto, { ...job, plaintext });
          for (const wrong of [
            any,
            Uint8Array.of(...sealed, 0),
            ...truncations(sealed),
            ...bitFlips(sealed),
          ]) {
            expect(openFromFlash(crypto, { elementKey, recordId, sealed: wrong })).toBeUndefined();
          }
        },
      ),
      { numRuns: 5 },
    );
  });
});
