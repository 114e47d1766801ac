import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../bytes/index.ts';
import { decodeAuthorityPayload, encodeAuthorityPayload } from './handshake-payload.ts';
import type { PrepareBody } from './prepare-body.ts';
import { decodePrepare, encodePrepare } from './prepare-body.ts';
import type { SessionMessage } from './session-message.ts';
import { decodeSessionMessage, encodeSessionMessage } from './session-message.ts';

const u8 = fc.integer({ min: 0, max: 255 });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (byteCount: number) => fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
const text = (max: number) => fc.string({ unit: 'grapheme-ascii', maxLength: max });

const txid = bytes(16);
const mac = bytes(32);
const prekeys = fc.record({ firstPrekeyId: u8, publicKeys: bytes(256), signature: bytes(64) });
const noKeys = { noNullPrototype: true } as const;

const sessionMessage: fc.Arbitrary<SessionMessage> = fc.oneof(
  fc.record({ tag: fc.constant('commit' as const), txid }, noKeys),
  fc.record({ tag: fc.constant('discard' as const), txid }, noKeys),
  fc.record({ tag: fc.constant('ready' as const), mac }, noKeys),
  fc.record({ tag: fc.constant('ready' as const), mac, prekeys }, noKeys),
  fc.record({ tag: fc.constant('statusReply' as const), state: u8, mac, seedEpoch: u32 }, noKeys),
  fc.record({ tag: fc.constant('statusReply' as const), state: u8, mac, seedEpoch: u32, prekeys }, noKeys),
  fc.record({ tag: fc.constant('done' as const), txid, seedEpoch: u32 }, noKeys),
  fc.record({ tag: fc.constant('discarded' as const), txid }, noKeys),
  fc.record({ tag: fc.constant('refused' as const), code: u8 }, noKeys),
);

const pairing = {
  seedEpoch: u32,
  slot: u8,
  keyId: u8,
  serverKey: bytes(32),
  hintKey: bytes(32),
  label: text(16),
  customerLabel: text(24),
};
const provision = {
  seedEpoch: u32,
  algorithm: fc.constantFrom(1, 2),
  digits: fc.integer({ min: 6, max: 8 }),
};
const prepareBody: fc.Arbitrary<PrepareBody> = fc.oneof(
  fc.record({
    tag: fc.constant('provision' as const),
    ...provision,
    mode: fc.constant(1),
    stepSeconds: fc.constant(0),
  }),
  fc.record({
    tag: fc.constant('provision' as const),
    ...provision,
    mode: fc.constant(2),
    stepSeconds: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({ tag: fc.constantFrom('bind' as const, 'reset' as const, 'rekey' as const), ...pairing }),
  fc.record({ tag: fc.constant('unlock' as const), seedEpoch: u32 }),
  fc.record({ tag: fc.constant('revoke' as const), seedEpoch: u32, slot: u8 }),
);
const operations = ['provision', 'bind', 'reset', 'rekey', 'unlock', 'revoke'] as const;

/** The bytes with each single bit flipped, in the order of the bits. */
function* bitFlips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield flipped;
  }
}

describe('a session message', () => {
  test('comes back as it was said', () => {
    fc.assert(
      fc.property(sessionMessage, (message) => {
        expect(decodeSessionMessage(encodeSessionMessage(message))).toEqual({ ok: true, value: message });
      }),
    );
  });

  test('has one spelling, and anything else is refused without a throw', () => {
    const near = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.tuple(sessionMessage, u8).map(([message, type]) => {
        const encoded = encodeSessionMessage(message);
        encoded[0] = type;
        return encoded;
      }),
    );
    fc.assert(
      fc.property(near, (input) => {
        const decoded = decodeSessionMessage(input);
        if (decoded.ok) expect(encodeSessionMessage(decoded.value)).toEqual(input);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is refused when cut anywhere, unless what is left is the same message without its prekeys', () => {
    fc.assert(
      fc.property(sessionMessage, fc.nat(), (message, at) => {
        const encoded = encodeSessionMessage(message);
        const cut = decodeSessionMessage(encoded.slice(0, at % encoded.length));
        if (cut.ok) expect({ ...cut.value, prekeys: undefined }).toEqual({ ...message, prekeys: undefined });
      }),
      { numRuns: 1_000 },
    );
  });

  test('with one bit flipped is refused or says something else', () => {
    fc.assert(
      fc.property(sessionMessage, fc.nat(), (message, at) => {
        const encoded = encodeSessionMessage(message);
        const bit = at % (encoded.length * 8);
        const flipped = encoded.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        const decoded = decodeSessionMessage(flipped);
        if (decoded.ok) expect(decoded.value).not.toEqual(message);
      }),
    );
  });
});

describe('a PREPARE body', () => {
  test('comes back as it was sent', () => {
    fc.assert(
      fc.property(prepareBody, (prepare) => {
        expect(decodePrepare(prepare.tag, encodePrepare(prepare))).toEqual({ ok: true, value: prepare });
      }),
    );
  });

  test('is refused when it is cut or lengthened', () => {
    fc.assert(
      fc.property(prepareBody, fc.integer({ min: 0, max: 400 }), (prepare, byteCount) => {
        const encoded = encodePrepare(prepare);
        fc.pre(byteCount !== encoded.length);
        const resized = new Uint8Array(byteCount);
        resized.set(encoded.subarray(0, byteCount));
        expect(decodePrepare(prepare.tag, resized).ok).toBe(false);
      }),
    );
  });

  test('has one spelling for each operation, and never throws', () => {
    const sizes = fc.constantFrom(4, 5, 8, 112).chain(bytes);
    fc.assert(
      fc.property(fc.constantFrom(...operations), sizes, (operation, input) => {
        const decoded = decodePrepare(operation, input);
        if (decoded.ok) expect(encodePrepare(decoded.value)).toEqual(input);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is refused at every truncation, and with any bit flipped is refused or says something else', () => {
    fc.assert(
      fc.property(prepareBody, (prepare) => {
        const encoded = encodePrepare(prepare);
        for (let byteCount = 0; byteCount < encoded.length; byteCount += 1) {
          expect(decodePrepare(prepare.tag, encoded.slice(0, byteCount)).ok).toBe(false);
        }
        for (const flipped of bitFlips(encoded)) {
          const decoded = decodePrepare(prepare.tag, flipped);
          if (decoded.ok) expect(toHex(encodePrepare(decoded.value))).toBe(toHex(flipped));
        }
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['algorithm', 3, { algorithm: 3 }],
    ['mode', 0, { mode: 0 }],
    ['digits', 5, { digits: 5 }],
    ['digits', 9, { digits: 9 }],
    ['stepSeconds', 30, { stepSeconds: 30 }],
    ['stepSeconds', 0, { mode: 2 }],
  ] as const)('of PROVISION with %s %i is refused', (field, found, change) => {
    const good = {
      tag: 'provision',
      seedEpoch: 1,
      algorithm: 1,
      mode: 1,
      digits: 6,
      stepSeconds: 0,
    } as const;
    const refused = decodePrepare('provision', encodePrepare({ ...good, ...change }));
    expect(refused).toEqual({ ok: false, error: { code: 'bad_value', field, found } });
  });
});

describe('the payload of the third handshake message', () => {
  test('comes back in its three parts, and is refused when it is too short for two of them', () => {
    fc.assert(
      fc.property(
        bytes(158),
        bytes(122),
        fc.uint8Array({ maxLength: 200 }),
        (authorityCertificate, ticket, prepare) => {
          const payload = { authorityCertificate, ticket, prepare };
          const encoded = encodeAuthorityPayload(payload);
          expect(decodeAuthorityPayload(encoded)).toEqual({ ok: true, value: payload });
          expect(decodeAuthorityPayload(encoded.slice(0, 279)).ok).toBe(false);
        },
      ),
    );
  });

  // The AEAD of the handshake refuses every change on the way; what each part says is checked by its own reader.
  test('at every length is too short for its two parts, or has exactly what follows them as its third', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 400, maxLength: 400 }), (whole) => {
        for (let byteCount = 0; byteCount <= whole.length; byteCount += 1) {
          const decoded = decodeAuthorityPayload(whole.subarray(0, byteCount));
          expect(decoded.ok, `${byteCount} bytes`).toBe(byteCount >= 158 + 122);
          if (decoded.ok) {
            expect(toHex(encodeAuthorityPayload(decoded.value))).toBe(toHex(whole.subarray(0, byteCount)));
            expect(decoded.value.prepare.length).toBe(byteCount - 158 - 122);
          } else expect(decoded.error).toMatchObject({ foundBytes: byteCount, neededBytes: 280 });
        }
      }),
      { numRuns: 5 },
    );
  });

  test('with any bit flipped differs in the one part in which the bit stands', () => {
    const [whole = new Uint8Array(0)] = fc.sample(fc.uint8Array({ minLength: 392, maxLength: 392 }), 1);
    const before = decodeAuthorityPayload(whole);
    let bit = 0;
    for (const flipped of bitFlips(whole)) {
      const after = decodeAuthorityPayload(flipped);
      if (!before.ok || !after.ok) throw new Error('a payload of this size has its parts');
      const changed = (['authorityCertificate', 'ticket', 'prepare'] as const).filter(
        (part) => toHex(before.value[part]) !== toHex(after.value[part]),
      );
      const byte = bit >> 3;
      expect(changed).toEqual([byte < 158 ? 'authorityCertificate' : byte < 280 ? 'ticket' : 'prepare']);
      bit += 1;
    }
  });
});
