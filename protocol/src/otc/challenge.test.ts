import { describe, expect, it } from 'vitest';
import { nobleCrypto as crypto } from '../ports/index.ts';
import { otcPair } from '../testing/index.ts';
import type { SealedChallenge, ServerGeneration, TransactionContent } from './index.ts';
import {
  batchDigest,
  COUNTER_SKIP_MAX,
  chainSteps,
  challengeKey,
  codeOfChallenge,
  openChallenge,
  openLogin,
  openManagement,
  openTransaction,
  readPayloadHeader,
  responseCodeFromKey,
  sealLogin,
  sealManagement,
  sealTransaction,
} from './index.ts';
import { sealMatrix } from './seal.ts';

const pair = otcPair(crypto, { seed: 21, slot: 5, generation: 33 });
const { device, server, token, m } = pair;
const session = device.entropy.randomBytes(8);
const login = { session, timeS: 1_800_000_100, previousAccepted: true, text: 'Firefox, Torino' };
const payment: TransactionContent = {
  session,
  timeS: 1_800_000_200,
  currency: 978,
  amountMinor: 12_345n,
  count: 1,
  iban: 'IT60X0542811101000000123456',
  name: 'Panificio Esempio',
  reference: 'Fattura 12',
};

function value<T>(result: { ok: true; value: T } | { ok: false; error: { code: string } }): T {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}
const sealAt = (generation: ServerGeneration): SealedChallenge =>
  value(sealLogin(crypto, { generation, content: login, hedge: device.hedge() }));
const slotsAt = (next: number, ck = chainSteps(crypto, server.ck, next)) => [
  { ...token, generations: [{ generation: 33, kHdr: server.kHdr, ck, next }] },
];
const reason = (payload: Uint8Array, slots = [token]): string => {
  const opened = openChallenge(crypto, { payload, slots });
  return opened.ok ? 'opened' : opened.error.code;
};

describe('a challenge', () => {
  it('is answered with the digits that the server expects, for each kind', () => {
    const jobs = { generation: server, hedge: device.hedge() };
    const unlock = { operation: 'unlock', slot: 5, lockCode: '00123456', timeS: 1 } as const;
    const sealed = [
      value(sealLogin(crypto, { ...jobs, content: login })),
      value(sealTransaction(crypto, { ...jobs, content: payment })),
      value(sealManagement(crypto, { ...jobs, content: unlock })),
      value(sealManagement(crypto, { ...jobs, content: { operation: 'revoke_slot', slot: 5, timeS: 1 } })),
    ];
    expect(sealed.map((one) => one.payload.length)).toEqual([75, 117, 45, 45]);
    for (const challenge of sealed) {
      const opened = value(openChallenge(crypto, { payload: challenge.payload, slots: [token] }));
      expect(opened.kind).toBe(challenge.kind);
      expect(codeOfChallenge(crypto, opened, m)).toBe(responseCodeFromKey(crypto, challenge));
      expect(opened.nextCk).toEqual(challenge.ck);
      expect(opened.next).toBe(challenge.next);
    }
  });

  it('shows what was sealed', () => {
    const sealed = value(
      sealTransaction(crypto, { generation: server, content: payment, hedge: device.hedge() }),
    );
    expect(value(openTransaction(crypto, { payload: sealed.payload, slots: [token] })).content).toEqual(
      payment,
    );
    expect(value(openLogin(crypto, { payload: sealAt(server).payload, slots: [token] })).content).toEqual(
      login,
    );
  });

  it('fits 153 bytes even with the longest payment', () => {
    const longest = {
      ...payment,
      iban: `IT60${'X'.repeat(30)}`,
      name: 'n'.repeat(35),
      reference: 'r'.repeat(20),
    };
    const sealed = value(
      sealTransaction(crypto, { generation: server, content: longest, hedge: device.hedge() }),
    );
    expect(sealed.payload.length).toBe(153);
  });

  it('of a payment has a size that splits over three colours, from 63 to 153 bytes', () => {
    const sizes = Array.from({ length: 200 }, (_, byteCount) => byteCount).filter((byteCount) => {
      const payload = new Uint8Array(byteCount);
      payload.set([0xc1, 4].slice(0, byteCount));
      return readPayloadHeader(payload).ok;
    });
    expect([sizes.length, sizes[0], sizes.at(-1)]).toEqual([31, 63, 153]);
    expect(sizes.every((byteCount) => byteCount % 3 === 0)).toBe(true);
  });

  it('is refused when its counter was used, and opened up to 4,095 ahead', () => {
    const at = (next: number): Uint8Array =>
      sealAt({ ...server, ck: chainSteps(crypto, server.ck, next), next }).payload;
    expect(reason(at(6), slotsAt(7))).toBe('counter_used');
    expect(reason(at(7), slotsAt(7))).toBe('opened');
    expect(reason(at(7 + COUNTER_SKIP_MAX), slotsAt(7))).toBe('opened');
    expect(reason(at(8 + COUNTER_SKIP_MAX), slotsAt(7))).toBe('counter_too_far');
    expect(COUNTER_SKIP_MAX).toBe(4_095);
  });

  it('is no use once its step is gone: the state after it opens neither it nor anything older', () => {
    const sealed = sealAt(server);
    const opened = value(openChallenge(crypto, { payload: sealed.payload, slots: [token] }));
    expect(reason(sealed.payload, slotsAt(opened.next, opened.nextCk))).toBe('counter_used');
    // Even a token whose counter was rolled back cannot open it with the stepped key.
    expect(reason(sealed.payload, slotsAt(0, opened.nextCk))).toBe('not_authentic');
  });

  it('leaves its kind, slot and generation to one reader each', () => {
    const { payload } = sealAt(server);
    expect(openTransaction(crypto, { payload, slots: [token] })).toMatchObject({
      error: { code: 'wrong_kind' },
    });
    expect(openManagement(crypto, { payload, slots: [token] })).toMatchObject({
      error: { code: 'wrong_kind' },
    });
    expect(reason(payload, [{ ...token, slot: 4 }])).toBe('slot_unbound');
    expect(reason(payload, [{ ...token, generations: [] }])).toBe('generation_unknown');
    expect(reason(payload, [])).toBe('another_token');
  });

  it('of a management kind never names another slot', () => {
    const content = { operation: 'revoke_slot', slot: 4, timeS: 1 } as const;
    expect(() => sealManagement(crypto, { generation: server, content, hedge: device.hedge() })).toThrow();
    // A server that does it all the same (the same keys, seen as slot 4) is refused by its hint.
    const other = sealManagement(crypto, {
      generation: { ...server, slot: 4 },
      content,
      hedge: device.hedge(),
    });
    expect(reason(value(other).payload)).toBe('slot_unbound');
  });
});

describe('a challenge that opens but says what it must not', () => {
  /** A picture of this kind, truly sealed, with any plaintext. */
  const forged = (kind: 'login' | 'management', plaintext: Uint8Array): Uint8Array => {
    const content = { operation: 'revoke_slot', slot: 5, timeS: 1 } as const;
    const job = { generation: server, hedge: device.hedge() };
    const made = value(
      kind === 'login'
        ? sealLogin(crypto, { ...job, content: login })
        : sealManagement(crypto, { ...job, content }),
    );
    const key = challengeKey(crypto, { ck: server.ck, header: made.header });
    return sealMatrix(crypto, { key, aad: made.header, plaintext });
  };
  const reserved = new Uint8Array(40);
  reserved[12] = 2;
  const padded = new Uint8Array(40);
  padded[39] = 1;

  it.each([
    ['names another slot', 'management', Uint8Array.of(2, 4, 0, 0, 0, 0, 0, 0, 0, 1), 'bad_field'],
    ['orders what is not known', 'management', Uint8Array.of(9, 5, 0, 0, 0, 0, 0, 0, 0, 1), 'bad_field'],
    ['sets a reserved bit', 'login', reserved, 'reserved_bits'],
    ['hides a byte in the pad', 'login', padded, 'bad_padding'],
  ] as const)('is refused when it %s', (_, kind, plaintext, code) => {
    expect(reason(forged(kind, plaintext))).toBe(code);
  });
});

describe('a payment is refused at the server', () => {
  it.each([
    ['amountMinor', { amountMinor: 0n }],
    ['amountMinor', { amountMinor: 2n ** 64n }],
    ['currency', { currency: 0 }],
    ['currency', { currency: 1_000 }],
    ['count', { count: 0 }],
    ['count', { count: 65_536 }],
    ['iban', { iban: '' }],
    ['iban', { iban: 'IT60 X054 2811 1010 0000 0123 456' }],
    ['iban', { iban: 'it60X0542811101000000123456' }],
    ['name', { name: 'x'.repeat(36) }],
    ['name', { name: 'Panificio \u202egnorw' }],
    ['reference', { reference: 'x'.repeat(21) }],
    ['reference', { count: 2 }],
  ] as const)('for its %s (%o)', (field, change) => {
    const sealed = sealTransaction(crypto, {
      generation: server,
      content: { ...payment, ...change },
      hedge: device.hedge(),
    });
    expect(sealed).toEqual({ ok: false, error: { code: 'bad_field', field } });
  });

  it('unless a batch carries its eight-digit digest', () => {
    const reference = batchDigest(crypto, [payment, { ...payment, amountMinor: 1n }]);
    const content = { ...payment, count: 2, iban: '', name: '', reference };
    expect(sealTransaction(crypto, { generation: server, content, hedge: device.hedge() }).ok).toBe(true);
    expect(reference).toMatch(/^[0-9]{8}$/);
  });
});

describe('the digest of a batch', () => {
  const members = [payment, { ...payment, amountMinor: 99n }, { ...payment, name: 'B' }];
  it('changes with every field of every member, with their order and with their number', () => {
    const changes = [
      { amountMinor: 100n },
      { currency: 756 },
      { iban: 'IT60X0542811101000000123457' },
      { name: 'x' },
      { reference: 'y' },
    ];
    const digests = members.flatMap((_, at) =>
      changes.map((change) =>
        batchDigest(
          crypto,
          members.map((one, index) => (index === at ? { ...one, ...change } : one)),
        ),
      ),
    );
    const all = [
      ...digests,
      batchDigest(crypto, members),
      batchDigest(crypto, members.toReversed()),
      batchDigest(crypto, members.slice(1)),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
