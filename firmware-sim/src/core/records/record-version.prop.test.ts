import { concatBytes, u32 } from '@chiavetta/protocol/bytes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitFlips, truncations } from '../../testing/codec-laws.ts';
import type { RecordPlace } from '../flash-map.ts';
import { flashMap, placeOf } from '../flash-map.ts';
import { crc32 } from './crc32.ts';
import { decodeVersion, encodeVersion, flagOffset } from './record-version.ts';

const MAP = flashMap([
  { name: 'small', id: 1, bodyBytesMax: 13 },
  { name: 'twin', id: 2, bodyBytesMax: 13 },
  { name: 'large', id: 3, bodyBytesMax: 1_500 },
]);
const SMALL = placeOf(MAP, 'small');
const BLANK_FLAG = new Uint8Array(4).fill(0xff);
const FLIPPED_FLAG = new Uint8Array(4);

const places = fc.constantFrom(...MAP.places);
const sequences = fc.integer({ min: 1, max: 0xffff_ffff });
const versions = places.chain((place) =>
  fc.record({
    place: fc.constant(place),
    sequence: sequences,
    body: fc.uint8Array({ maxLength: place.bodyBytesMax }),
    flagged: fc.boolean(),
  }),
);
const smallVersions = fc.record({ sequence: sequences, body: fc.uint8Array({ maxLength: 13 }) });

function slotOf(
  place: RecordPlace,
  version: { readonly sequence: number; readonly body: Uint8Array },
  flag = BLANK_FLAG,
): Uint8Array {
  return concatBytes(encodeVersion(place, version), flag);
}

describe('a version of a record', () => {
  it('reads back from its slot, with what its commit word says', () => {
    fc.assert(
      fc.property(versions, ({ place, sequence, body, flagged }) => {
        const slot = slotOf(place, { sequence, body }, flagged ? FLIPPED_FLAG : BLANK_FLAG);
        expect(slot.length).toBe(place.slotBytes);
        expect(decodeVersion(place, slot)).toEqual({ sequence, body, flagged, flagWhole: true });
      }),
    );
  });

  it('is none at any other size, and none at the place of another record of the same size', () => {
    fc.assert(
      fc.property(smallVersions, (version) => {
        const slot = slotOf(SMALL, version);
        for (const cut of truncations(slot)) expect(decodeVersion(SMALL, cut)).toBeUndefined();
        expect(decodeVersion(SMALL, Uint8Array.of(...slot, 0))).toBeUndefined();
        expect(decodeVersion(placeOf(MAP, 'twin'), slot)).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });

  it('is none when programming was torn after any byte', () => {
    fc.assert(
      fc.property(smallVersions, (version) => {
        const slot = slotOf(SMALL, version);
        // A CRC whose last bytes are those of blank flash is whole before they are programmed.
        for (let byteCount = 0; byteCount < flagOffset(SMALL); byteCount += 1) {
          const torn = new Uint8Array(slot.length).fill(0xff);
          torn.set(slot.subarray(0, byteCount));
          const rest = slot.subarray(byteCount, flagOffset(SMALL));
          if (rest.some((byte) => byte !== 0xff)) expect(decodeVersion(SMALL, torn)).toBeUndefined();
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is none with any bit flipped but those of the commit word, whose single flips change nothing', () => {
    fc.assert(
      fc.property(smallVersions, fc.boolean(), (version, flagged) => {
        const slot = slotOf(SMALL, version, flagged ? FLIPPED_FLAG : BLANK_FLAG);
        let bit = 0;
        for (const flipped of bitFlips(slot)) {
          const decoded = decodeVersion(SMALL, flipped);
          if (bit < flagOffset(SMALL) * 8) expect(decoded, `bit ${bit}`).toBeUndefined();
          else expect(decoded).toEqual({ ...version, flagged, flagWhole: false });
          bit += 1;
        }
      }),
      { numRuns: 20 },
    );
  });

  it('never comes from random bytes, nor a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: SMALL.slotBytes + 4 }), (bytes) => {
        expect(decodeVersion(SMALL, bytes)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('is written again as the same bytes, whatever stands behind a true CRC', () => {
    const contentBytes = flagOffset(SMALL) - 4;
    const content = fc
      .record({
        head: fc.constantFrom([1, 0], [1, 0], [1, 1], [2, 0]),
        sequence: fc.oneof(sequences, fc.constant(0)),
        bodyBytes: fc.integer({ min: 0, max: 16 }),
        rest: fc.uint8Array({ minLength: contentBytes - 8, maxLength: contentBytes - 8 }),
        clean: fc.boolean(),
      })
      .map(({ head, sequence, bodyBytes, rest, clean }) => {
        const padded = clean ? rest.map((byte, index) => (index < bodyBytes ? byte : 0)) : rest;
        return concatBytes(u32(sequence), Uint8Array.from(head), Uint8Array.of(0, bodyBytes), padded);
      });
    let read = 0;
    fc.assert(
      fc.property(content, (bytes) => {
        const slot = concatBytes(bytes, u32(crc32(bytes)), BLANK_FLAG);
        const decoded = decodeVersion(SMALL, slot);
        if (decoded === undefined) return;
        read += 1;
        expect(slotOf(SMALL, decoded)).toEqual(slot);
      }),
      { numRuns: 500 },
    );
    expect(read).toBeGreaterThan(20);
  });
});
