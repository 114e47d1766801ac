import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nobleCrypto as crypto } from '../ports/index.ts';
import { otcPair, pair1TokenOf } from '../testing/index.ts';
import type { LoginContent, PayloadKind, TransactionContent } from './index.ts';
import {
  KIND_BYTES,
  openChallenge,
  openPair1,
  openPair2,
  PAYLOAD_VERSION,
  readPayloadHeader,
  responseCode,
  sealLogin,
  sealManagement,
  sealTransaction,
} from './index.ts';
import { decodeLoginContent, encodeLoginContent } from './login-content.ts';
import { decodeManagementContent, managementLayout } from './management-content.ts';
import { decodePair1Content, decodePair2Content } from './pairing-content.ts';
import { decodeTransactionContent, encodeTransactionContent } from './transaction-content.ts';

const pair = otcPair(crypto, { seed: 31, slot: 1, generation: 2 });
const { device, server, token, pending } = pair;
const session = new Uint8Array(8).fill(7);
const jobs = { generation: server, hedge: device.hedge() };
const payment: TransactionContent = {
  session,
  timeS: 9,
  currency: 978,
  amountMinor: 1_000n,
  count: 1,
  iban: 'IT60X0542811101000000123456',
  name: 'N',
  reference: 'R',
};
const sealed = {
  pair1: pair.pair1.payload,
  pair2: pair.pair2.payload,
  login: payloadOf(
    sealLogin(crypto, { ...jobs, content: { session, timeS: 9, previousAccepted: false, text: 'Torino' } }),
  ),
  transaction: payloadOf(sealTransaction(crypto, { ...jobs, content: payment })),
  management: payloadOf(
    sealManagement(crypto, { ...jobs, content: { operation: 'revoke_slot', slot: 1, timeS: 9 } }),
  ),
} satisfies Record<PayloadKind, Uint8Array>;
const kinds = ['pair1', 'pair2', 'login', 'transaction', 'management'] as const;

function payloadOf(result: ReturnType<typeof sealLogin>): Uint8Array {
  if (!result.ok) throw new Error(result.error.code);
  return result.value.payload;
}

/** What the token answers: the reason, or "opened". Every opener sees every picture, whatever its kind says. */
function answers(payload: Uint8Array): readonly string[] {
  const slots = [{ ...token, pending }];
  return [
    openPair1(crypto, { payload, token: pair1TokenOf(device, 1) }),
    openPair2(crypto, { payload, slots }),
    openChallenge(crypto, { payload, slots }),
  ].map((opened) => (opened.ok ? 'opened' : opened.error.code));
}
const opens = (payload: Uint8Array): boolean => answers(payload).includes('opened');

const anyKind = fc.constantFrom(...kinds);
describe('the sealed contents', () => {
  it('are read from any bytes of any length without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const decode of [
          decodePair1Content,
          decodePair2Content,
          decodeLoginContent,
          decodeTransactionContent,
          decodeManagementContent,
        ]) {
          expect(typeof decode(bytes).ok).toBe('boolean');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('are refused with a pad that is too long, too short or not zero', () => {
    const encoded = encodeLoginContent({ session, timeS: 1, previousAccepted: false, text: '' });
    const bytes = encoded.ok ? encoded.value : new Uint8Array(0);
    const dirty = bytes.slice();
    dirty[bytes.length - 1] = 1;
    for (const wrong of [dirty, bytes.slice(0, -1), bytes.slice(0, -2), Uint8Array.of(...bytes, 0, 0, 0)]) {
      expect(decodeLoginContent(wrong)).toEqual({ ok: false, error: { code: 'bad_padding' } });
    }
    const long = encodeTransactionContent(payment);
    const longBytes = long.ok ? long.value : new Uint8Array(0);
    expect(decodeTransactionContent(Uint8Array.of(...longBytes, 0, 0, 0))).toEqual({
      ok: false,
      error: { code: 'bad_padding' },
    });
  });

  it.each([
    ['operation', 0, 1, 0],
    ['operation', 3, 1, 0],
    ['slot', 1, 8, 0],
    ['lockCode', 1, 1, 100_000_000],
    ['lockCode', 2, 1, 1],
  ])(
    'of a MGMT are refused for their %s (operation %i, slot %i, lock code %i)',
    (field, operation, slot, lockCode) => {
      const decoded = decodeManagementContent(
        managementLayout.encode({ operation, slot, lockCode, timeS: 0 }),
      );
      expect(!decoded.ok && decoded.error).toMatchObject({ field });
    },
  );

  it('of a TX are refused with a character that a display could show wrongly', () => {
    const encoded = encodeTransactionContent({ ...payment, name: 'AAAA' });
    for (const byte of [0x00, 0x1b, 0x7f, 0x80, 0xff]) {
      const bytes = encoded.ok ? encoded.value.slice() : new Uint8Array(0);
      bytes[bytes.indexOf(0x41, 24 + 28)] = byte;
      expect(decodeTransactionContent(bytes)).toEqual({
        ok: false,
        error: { code: 'bad_field', field: 'name' },
      });
    }
  });

  it('are refused when a reserved bit is set', () => {
    for (let bit = 1; bit < 8; bit += 1) {
      const encoded = encodeLoginContent({ session, timeS: 1, previousAccepted: false, text: '' });
      const bytes = encoded.ok ? encoded.value : new Uint8Array(0);
      bytes[12] = 1 << bit;
      expect(decodeLoginContent(bytes)).toEqual({
        ok: false,
        error: { code: 'reserved_bits', field: 'flags' },
      });
    }
  });
});

describe('a token and any picture', () => {
  it('opens each of the five as it was made', () => {
    for (const kind of kinds) expect(opens(sealed[kind])).toBe(true);
  });

  it('never throws and never opens random bytes, whatever their length, version and kind', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(anyKind, fc.uint8Array({ minLength: 45, maxLength: 153 })).map(([kind, random]) => {
        random[0] = PAYLOAD_VERSION;
        random[1] = KIND_BYTES[kind];
        return random;
      }),
    );
    fc.assert(
      fc.property(bytes, (payload) => {
        expect(opens(payload)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws and never opens random bytes behind a true header', () => {
    fc.assert(
      fc.property(anyKind, fc.uint8Array({ minLength: 200, maxLength: 200 }), (kind, noise) => {
        const payload = sealed[kind].slice();
        payload.set(noise.subarray(0, payload.length - 19), 19);
        expect(opens(payload)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it.each(kinds)('refuses every truncation and every extension of %s', (kind) => {
    for (let byteCount = 0; byteCount < sealed[kind].length; byteCount += 1) {
      expect(opens(sealed[kind].slice(0, byteCount))).toBe(false);
    }
    for (let extra = 1; extra <= 6; extra += 1) {
      expect(opens(Uint8Array.of(...sealed[kind], ...new Uint8Array(extra)))).toBe(false);
    }
  });

  it.each(kinds)('refuses %s with any single bit changed', (kind) => {
    // PAIR1 pays two to three Diffie-Hellman results for each bit: it is the slow one.
    for (let bit = 0; bit < sealed[kind].length * 8; bit += 1) {
      const payload = sealed[kind].slice();
      payload[bit >> 3] = (payload[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      expect(opens(payload), `bit ${bit}`).toBe(false);
    }
  });

  it('does not open one kind as another, whatever the type byte is made to say', () => {
    for (const from of kinds) {
      for (const to of kinds) {
        const payload = sealed[from].slice();
        payload[1] = KIND_BYTES[to];
        expect(opens(payload), `${from} as ${to}`).toBe(from === to);
      }
    }
  });
});

describe('domains', () => {
  const others = [
    { seed: 31, slot: 3, generation: 2 },
    { seed: 31, slot: 1, generation: 3 },
    { seed: 32, slot: 1, generation: 2 },
  ];
  it.each(others)('a token of another slot, generation or device opens none of the five: %o', (options) => {
    const other = otcPair(crypto, options);
    // The same hint key and the names of the sender: only the keys keep the picture shut.
    const slot = { ...token, pending: { ...other.pending, generation: 2, pairingCounter: 1 } };
    const generation = { ...other.server, generation: 2 };
    for (const kind of kinds) {
      const payload = sealed[kind];
      const slots = [{ ...slot, generations: [generation] }];
      const results = [
        openPair1(crypto, {
          payload,
          token: {
            ...pair1TokenOf(other.device, 1),
            slots,
            serverKeys: [other.device.serverKey],
            serial: other.device.serial + 1n,
          },
        }),
        openPair2(crypto, { payload, slots }),
        openChallenge(crypto, { payload, slots }),
      ];
      expect(results.some((result) => result.ok)).toBe(false);
    }
  });

  it('the same content gives different digits for each session, kind, slot, generation and counter', () => {
    const content = { session, timeS: 1, previousAccepted: false, text: '' };
    const hedge = device.hedge();
    const challenge = (generation = server, changes: Partial<LoginContent> = {}) => {
      const made = sealLogin(crypto, { generation, content: { ...content, ...changes }, hedge });
      if (!made.ok) throw new Error(made.error.code);
      return made.value;
    };
    const first = challenge();
    const seen = new Set<string>();
    for (const other of [
      first,
      challenge(server, { session: new Uint8Array(8).fill(8) }),
      challenge({ ...server, generation: 3 }),
      challenge({ ...server, slot: 2 }),
      challenge({ ...server, next: 1 }),
    ]) {
      seen.add(String(other.header) + String(other.plaintextHash));
    }
    expect(seen.size).toBe(5);
    const opened = openChallenge(crypto, { payload: first.payload, slots: [token] });
    if (!opened.ok || opened.value.kind !== 'login') throw new Error('the challenge opens');
    const codes = (['login', 'transaction', 'management'] as const).map((kind) =>
      responseCode(crypto, { ...opened.value, m: pair.m, kind }),
    );
    expect(new Set(codes).size).toBe(3);
  });

  it('reads the kind from a picture without any key', () => {
    for (const kind of kinds) {
      const header = readPayloadHeader(sealed[kind]);
      expect(header.ok && header.value.kind).toBe(kind);
    }
  });
});
