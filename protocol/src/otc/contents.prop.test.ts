import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../bytes/index.ts';
import { toHex } from '../bytes/index.ts';
import type {
  LoginContent,
  ManagementContent,
  Pair1Content,
  Pair2Content,
  TransactionContent,
} from './index.ts';
import { GENERATION_MAX, managementLayout, pair1Layout, pair2Layout } from './index.ts';
import { decodeLoginContent, encodeLoginContent } from './login-content.ts';
import { decodeManagementContent, encodeManagementContent } from './management-content.ts';
import type { OpenError } from './open-error.ts';
import {
  decodePair1Content,
  decodePair2Content,
  encodePair1Content,
  encodePair2Content,
} from './pairing-content.ts';
import { decodeTransactionContent, encodeTransactionContent } from './transaction-content.ts';

const ascii = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength,
  });
const session = fc.uint8Array({ minLength: 8, maxLength: 8 });
const timeS = fc.nat(0xffff_ffff);
const slot = fc.nat(7);
const generation = fc.integer({ min: 1, max: GENERATION_MAX });
const eightDigits = fc.stringMatching(/^[0-9]{8}$/);

const pair1s: fc.Arbitrary<Pair1Content> = fc
  .record({
    activeGeneration: fc.nat(GENERATION_MAX),
    newGeneration: generation,
    policy: fc.record({ digits: fc.constant(5), mode: fc.constantFrom('new_pin', 'keep_pin') }),
    timeS,
    session,
    label: ascii(16),
  })
  .filter(
    ({ activeGeneration: active, newGeneration }) => active === 0 || active % 32 !== newGeneration % 32,
  );
const pair2s: fc.Arbitrary<Pair2Content> = fc.record({ slot, generation, timeS, session, label: ascii(16) });
const logins: fc.Arbitrary<LoginContent> = fc.record({
  session,
  timeS,
  previousAccepted: fc.boolean(),
  text: ascii(24),
});
const managements: fc.Arbitrary<ManagementContent> = fc.oneof(
  fc.record({ operation: fc.constant('revoke_slot' as const), slot, timeS }),
  fc.record({ operation: fc.constant('unlock' as const), slot, timeS, lockCode: eightDigits }),
);
const payment = {
  session,
  timeS,
  currency: fc.integer({ min: 1, max: 999 }),
  amountMinor: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
  name: ascii(35),
};
const iban = fc.stringMatching(/^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/);
const transactions: fc.Arbitrary<TransactionContent> = fc.oneof(
  fc.record({ ...payment, count: fc.constant(1), iban, reference: ascii(20) }),
  fc.record({
    ...payment,
    count: fc.integer({ min: 2, max: 0xffff }),
    iban: fc.oneof(iban, fc.constant('')),
    reference: eightDigits,
  }),
);

/** One of the five contents: its codec and the values that can be sent. */
type Kind = {
  readonly name: string;
  /** The bytes of any value, each with what it decodes to. */
  readonly sent: fc.Arbitrary<{ readonly bytes: Uint8Array; readonly value: unknown }>;
  readonly decode: (bytes: Uint8Array) => Result<unknown, OpenError>;
  /** The bytes of what the bytes say, or `undefined` when they say nothing. */
  readonly again: (bytes: Uint8Array) => Uint8Array | undefined;
  /** Bytes that are all of the right size, with small numbers where the codec asks for them. */
  readonly near: fc.Arbitrary<Uint8Array>;
};

function kindOf<V>(
  name: string,
  values: fc.Arbitrary<V>,
  codec: {
    readonly encode: (value: V) => Result<Uint8Array, OpenError>;
    readonly decode: (bytes: Uint8Array) => Result<V, OpenError>;
  },
): Kind {
  const bytesOf = (value: V): Uint8Array => {
    const encoded = codec.encode(value);
    if (!encoded.ok) throw new Error(encoded.error.code);
    return encoded.value;
  };
  const sent = values.map((value) => ({ bytes: bytesOf(value), value }));
  return {
    name,
    sent,
    decode: codec.decode,
    again: (bytes) => {
      const decoded = codec.decode(bytes);
      return decoded.ok ? bytesOf(decoded.value) : undefined;
    },
    near: fc
      .tuple(sent, fc.array(fc.tuple(fc.nat(), fc.nat(0xff)), { minLength: 1, maxLength: 3 }))
      .map(([{ bytes }, edits]) => {
        const edited = bytes.slice();
        for (const [at, byte] of edits) edited[at % edited.length] = byte;
        return edited;
      }),
  };
}

const kinds: readonly Kind[] = [
  kindOf('PAIR1', pair1s, { encode: encodePair1Content, decode: decodePair1Content }),
  kindOf('PAIR2', pair2s, { encode: encodePair2Content, decode: decodePair2Content }),
  kindOf('LOGIN', logins, { encode: encodeLoginContent, decode: decodeLoginContent }),
  kindOf('TX', transactions, { encode: encodeTransactionContent, decode: decodeTransactionContent }),
  kindOf('MGMT', managements, { encode: encodeManagementContent, decode: decodeManagementContent }),
];

describe.each(kinds)('the content of a $name', ({ sent, decode, again, near }) => {
  it('comes back as it went in', () => {
    fc.assert(
      fc.property(sent, ({ bytes, value }) => {
        expect(decode(bytes)).toEqual({ ok: true, value });
      }),
      { numRuns: 200 },
    );
  });

  it('has one spelling: whatever the decoder accepts encodes to the same bytes, and nothing throws', () => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.oneof({ weight: 1, arbitrary: fc.uint8Array({ maxLength: 160 }) }, { weight: 4, arbitrary: near }),
        (bytes) => {
          const written = again(bytes);
          if (written === undefined) return;
          read += 1;
          expect(toHex(written)).toBe(toHex(bytes));
        },
      ),
      { numRuns: 1_000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  it('is refused at every truncation and with bytes behind it', () => {
    fc.assert(
      fc.property(sent, ({ bytes }) => {
        for (let byteCount = 0; byteCount < bytes.length; byteCount += 1) {
          expect(decode(bytes.slice(0, byteCount)).ok).toBe(false);
        }
        for (const extra of [[0], [1], [0, 0, 0]])
          expect(decode(Uint8Array.of(...bytes, ...extra)).ok).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  // The seal refuses every flipped bit first (payload.prop.test.ts); this is what stands behind it.
  it('with any single bit flipped is refused or is another content in its one spelling', () => {
    fc.assert(
      fc.property(sent, ({ bytes }) => {
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          const flipped = bytes.slice();
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const written = again(flipped);
          if (written !== undefined) expect(toHex(written)).toBe(toHex(flipped));
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe('the contents of PAIR1, PAIR2 and MGMT', () => {
  it('are read exactly when their numbers are ones that the protocol has', () => {
    const u8 = fc.nat(0xff);
    const fields = { timeS, session, label: ascii(16) };
    fc.assert(
      fc.property(
        fc
          .record({
            ...fields,
            activeGeneration: u8,
            apart: fc.oneof(u8, fc.constantFrom(0, 32, 64, 224)),
            pinDigits: fc.constantFrom(4, 5, 5, 5, 6),
            pinFlags: fc.constantFrom(0, 1, 2),
          })
          .map(({ apart, ...one }) => ({ ...one, newGeneration: (one.activeGeneration + apart) % 256 })),
        fc.record({ ...fields, slot: u8, generation: u8 }),
        fc.record({ operation: fc.nat(4), slot: fc.nat(9), lockCode: fc.nat(0xffff_ffff), timeS }),
        (one, two, management) => {
          const { activeGeneration: active, newGeneration, pinDigits, pinFlags } = one;
          const isApart = active === 0 || active % 32 !== newGeneration % 32;
          const isPair1 = newGeneration > 0 && isApart && pinDigits === 5 && pinFlags < 2;
          expect(decodePair1Content(pair1Layout.encode(one)).ok).toBe(isPair1);
          expect(decodePair2Content(pair2Layout.encode(two)).ok).toBe(two.slot < 8 && two.generation > 0);
          const { operation, lockCode } = management;
          const isOrder = operation === 1 ? lockCode < 100_000_000 : operation === 2 && lockCode === 0;
          const decoded = decodeManagementContent(managementLayout.encode(management));
          expect(decoded.ok).toBe(isOrder && management.slot < 8);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
