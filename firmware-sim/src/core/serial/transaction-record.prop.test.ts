import { toHex } from '@chiavetta/protocol/bytes';
import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitFlips, boardWith, truncations } from '../../testing/codec-laws.ts';
import { FOB_FLASH } from '../fob/fob-records.ts';
import { TRANSACTION_RECORD } from './operation.ts';
import type { TransactionRecord } from './transaction-record.ts';
import {
  encodeTransaction,
  openStaged,
  readTransaction,
  sealStaged,
  TRANSACTION_NONE,
} from './transaction-record.ts';

const bytes = (byteCount: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
const u8 = fc.nat(0xff);
const u32 = fc.nat(0xffff_ffff);
const records: fc.Arbitrary<TransactionRecord> = fc.record({
  state: fc.constantFrom('empty', 'staged', 'committed'),
  operation: u8,
  seedEpoch: u32,
  txid: bytes(16),
  mac: bytes(32),
  ticketIssuedS: u32,
  ticketNonce: bytes(16),
  done: fc.record({ txid: bytes(16), mac: bytes(32), seedEpoch: u32 }),
  prekeys: fc.option(fc.record({ firstPrekeyId: u8, publicKeys: bytes(256), signature: bytes(64) }), {
    nil: undefined,
  }),
  sealed: fc.uint8Array({ maxLength: 400 }),
});

function read(body: Uint8Array | undefined, state?: TransactionRecord['state']) {
  return readTransaction(boardWith(TRANSACTION_RECORD, body, state === 'committed'));
}

describe('a transaction record', () => {
  it('reads back as it was written, and is committed by its commit word alone', () => {
    fc.assert(
      fc.property(records, (record) => {
        const body = encodeTransaction(record);
        expect(read(body, record.state)).toEqual(record);
        const staged = record.state === 'empty' ? 'empty' : 'staged';
        expect(read(body, 'staged')?.state).toBe(staged);
      }),
    );
  });

  it('is none at every truncation and with a byte too many', () => {
    fc.assert(
      fc.property(records, (record) => {
        const body = encodeTransaction(record);
        for (const cut of truncations(body)) expect(read(cut)).toBeUndefined();
        expect(read(Uint8Array.of(...body, 0))).toBeUndefined();
        expect(read(undefined)).toBeUndefined();
      }),
      { numRuns: 10 },
    );
  });

  // The CRC of the record finds a flipped bit first (record-version.prop.test.ts); this is what stands behind it.
  it('with one bit flipped is none or says something else, in one spelling', () => {
    fc.assert(
      fc.property(records, (record) => {
        const body = encodeTransaction(record);
        for (const flipped of bitFlips(body)) {
          const after = read(flipped);
          // The bytes of one value are one: what is written back as other bytes is another value.
          if (after !== undefined) expect(toHex(encodeTransaction(after))).toBe(toHex(flipped));
        }
      }),
      { numRuns: 3 },
    );
  });

  it('is read from any bytes without a throw, in one spelling', () => {
    const head = encodeTransaction(TRANSACTION_NONE);
    const near = fc
      .tuple(bytes(head.length - 4), fc.constantFrom(0, 1, 321), fc.nat(4), bytes(325))
      .map(([start, prekeyBytes, sealedBytes, tail]) => {
        const sizes = [prekeyBytes >> 8, prekeyBytes & 0xff, 0, sealedBytes];
        start[0] = (start[0] ?? 0) & 1;
        return Uint8Array.of(...start, ...sizes, ...tail.subarray(0, prekeyBytes + sealedBytes));
      });
    let found = 0;
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), near), (body) => {
        const record = read(body);
        if (record === undefined) return;
        found += 1;
        expect(encodeTransaction(record)).toEqual(body);
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(20);
  });
});

describe('what a device staged', () => {
  it('opens as it was sealed, for this record and this element, and with no bit changed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (staged) => {
        const board = boardWith(TRANSACTION_RECORD, undefined);
        const { sealed } = sealStaged(crypto, FOB_FLASH, { board, staged });
        expect(openStaged(crypto, FOB_FLASH, { board, sealed })).toEqual(staged);
        for (const wrong of [...bitFlips(sealed), ...truncations(sealed)]) {
          expect(() => openStaged(crypto, FOB_FLASH, { board, sealed: wrong })).toThrow('Invariant broken');
        }
        const elementKey = board.elementKey.map((byte) => byte ^ 1);
        const other = { ...board, elementKey };
        expect(() => openStaged(crypto, FOB_FLASH, { board: other, sealed })).toThrow('Invariant broken');
      }),
      { numRuns: 5 },
    );
  });
});
