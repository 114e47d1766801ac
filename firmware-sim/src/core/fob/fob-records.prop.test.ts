import { concatBytes, toHex } from '@chiavetta/protocol/bytes';
import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitFlips, boardWith, LAW_ELEMENT_KEY, truncations } from '../../testing/codec-laws.ts';
import type { Board } from '../board.ts';
import { blankImage } from '../flash-image.ts';
import { placeOf } from '../flash-map.ts';
import { sealForFlash } from '../flash-sealing.ts';
import { readRecordBook, recordBody } from '../records/index.ts';
import type { FobSeed } from './fob-records.ts';
import {
  decodeStagedSeed,
  encodeStagedSeed,
  FOB_FLASH,
  planCounter,
  planSeed,
  readCounter,
  readSeed,
  readSeedInfo,
} from './fob-records.ts';

const u8 = fc.nat(0xff);
const u32 = fc.nat(0xffff_ffff);
const info = { algorithm: u8, mode: u8, digits: u8, stepSeconds: u8 };
const seed = fc.oneof(
  fc.uint8Array({ minLength: 20, maxLength: 20 }),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
);
const stagedSeeds = fc.record({ ...info, seed });
const seeds: fc.Arbitrary<FobSeed> = fc.record({ ...info, seedEpoch: u32, seed });

function emptyBoard(): Board {
  return { ...boardWith('seed', undefined), book: readRecordBook(FOB_FLASH, blankImage(FOB_FLASH)) };
}

function bodyOf(board: Board, name: string): Uint8Array {
  const body = recordBody(board.book, name);
  if (body === undefined) throw new Error(`no ${name} was written`);
  return body;
}

describe('a staged seed', () => {
  it('reads back as it was staged', () => {
    fc.assert(
      fc.property(stagedSeeds, (staged) => {
        expect(decodeStagedSeed(encodeStagedSeed(staged))).toEqual(staged);
      }),
    );
  });

  it('is none at every truncation and with a byte too many', () => {
    fc.assert(
      fc.property(stagedSeeds, (staged) => {
        const bytes = encodeStagedSeed(staged);
        for (const cut of truncations(bytes)) expect(decodeStagedSeed(cut)).toBeUndefined();
        expect(decodeStagedSeed(Uint8Array.of(...bytes, 0))).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });

  // It is staged sealed (transaction-record.prop.test.ts); this is what stands behind the seal.
  it('has one spelling: flipped, or made of any bytes, it is none or is written back the same', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ minLength: 37, maxLength: 37 }).map((any) => {
        any[4] = (any[4] ?? 0) % 40;
        return any;
      }),
      stagedSeeds.chain((staged) => fc.constantFrom(...bitFlips(encodeStagedSeed(staged)))),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        const read = decodeStagedSeed(input);
        if (read !== undefined) expect(toHex(encodeStagedSeed(read))).toBe(toHex(input));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the seed record', () => {
  it('reads back as it was written, with its parameters and a counter at 0', () => {
    fc.assert(
      fc.property(seeds, (value) => {
        const { board } = planSeed(crypto, emptyBoard(), value);
        const { seed: _seed, ...parameters } = value;
        expect(readSeed(crypto, board)).toEqual(value);
        expect(readSeedInfo(board)).toEqual(parameters);
        expect(readCounter(board, value.seedEpoch)).toBe(0n);
      }),
      { numRuns: 30 },
    );
  });

  it('is none at every truncation, on another element, and from any other bytes', () => {
    const [value] = fc.sample(seeds, 1);
    if (value === undefined) throw new Error('no sample');
    const { board } = planSeed(crypto, emptyBoard(), value);
    const body = bodyOf(board, 'seed');
    for (const cut of truncations(body)) expect(readSeed(crypto, boardWith('seed', cut))).toBeUndefined();
    expect(readSeed(crypto, boardWith('seed', Uint8Array.of(...body, 0)))).toBeUndefined();
    expect(readSeed(crypto, { ...board, elementKey: new Uint8Array(32) })).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (any) => {
        expect(readSeed(crypto, boardWith('seed', any))).toBeUndefined();
      }),
    );
  });

  // The seal covers the seed. The eight bytes before it are under the record's CRC alone (record-version.prop.test.ts).
  it('with any bit of the sealed seed flipped opens no seed, and with a bit before it flipped the same seed', () => {
    const [value] = fc.sample(seeds, 1);
    if (value === undefined) throw new Error('no sample');
    const body = bodyOf(planSeed(crypto, emptyBoard(), value).board, 'seed');
    let bit = 0;
    for (const flipped of bitFlips(body)) {
      const read = readSeed(crypto, boardWith('seed', flipped));
      if (bit < 8 * 8) {
        expect(read?.seed).toEqual(value.seed);
        expect(read).not.toEqual(value);
      } else expect(read, `bit ${bit}`).toBeUndefined();
      bit += 1;
    }
  });

  it('holds no seed that is longer than its field or has something behind it', () => {
    const recordId = placeOf(FOB_FLASH, 'seed').id;
    for (const [seedBytes, last] of [
      [33, 0],
      [255, 0],
      [20, 1],
    ] as const) {
      const plaintext = new Uint8Array(33);
      plaintext[0] = seedBytes;
      plaintext[32] = last;
      const nonce = new Uint8Array(12);
      const sealed = sealForFlash(crypto, { elementKey: LAW_ELEMENT_KEY, recordId, nonce, plaintext });
      const body = concatBytes(new Uint8Array(8), sealed);
      expect(readSeedInfo(boardWith('seed', body))).toBeDefined();
      expect(readSeed(crypto, boardWith('seed', body))).toBeUndefined();
    }
  });
});

describe('the counter record', () => {
  it('reads back in its own epoch and in no other', () => {
    fc.assert(
      fc.property(u32, u32, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (seedEpoch, other, counter) => {
        const { board } = planCounter(emptyBoard(), { seedEpoch, counter });
        expect(readCounter(board, seedEpoch)).toBe(counter);
        if (other !== seedEpoch) expect(readCounter(board, other)).toBeUndefined();
      }),
    );
  });

  it('is none when lost, cut or too long, and another number or none with a bit flipped', () => {
    fc.assert(
      fc.property(u32, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (seedEpoch, counter) => {
        const body = bodyOf(planCounter(emptyBoard(), { seedEpoch, counter }).board, 'counter');
        for (const wrong of [undefined, ...truncations(body), Uint8Array.of(...body, 0)]) {
          expect(readCounter(boardWith('counter', wrong), seedEpoch)).toBeUndefined();
        }
        for (const flipped of bitFlips(body)) {
          expect(readCounter(boardWith('counter', flipped), seedEpoch)).not.toBe(counter);
        }
      }),
      { numRuns: 20 },
    );
  });
});
