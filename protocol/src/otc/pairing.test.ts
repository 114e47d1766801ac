import { describe, expect, it } from 'vitest';
import { asciiBytes, concatBytes } from '../bytes/index.ts';
import { nobleCrypto as crypto } from '../ports/index.ts';
import { otcDevice, otcPair, pair1ContentOf, pair1TokenOf } from '../testing/index.ts';
import type { Pair1Content, Pair1Job, Pair1Token } from './index.ts';
import { LABELS, NO_PREKEY_ID, openPair1, openPair2, sealPair1, sealPair2 } from './index.ts';
import { sealMatrix } from './seal.ts';

const device = otcDevice(crypto, 1);

function seal(changes: Partial<Pair1Job> = {}, content: Partial<Pair1Content> = {}): Uint8Array {
  const sealed = sealPair1(crypto, {
    ...device,
    slot: 2,
    prekey: device.publicPrekeys[0],
    pairingCounter: 10,
    content: { ...pair1ContentOf(device, 7), ...content },
    hedge: device.hedge(),
    ...changes,
  });
  if (!sealed.ok) throw new Error(sealed.error.code);
  return sealed.value.payload;
}

function reason(payload: Uint8Array, token: Partial<Pair1Token> = {}): string {
  const opened = openPair1(crypto, { payload, token: { ...pair1TokenOf(device, 2), ...token } });
  return opened.ok ? 'opened' : opened.error.code;
}

describe('a pairing', () => {
  it('gives both sides the same ten digits, six digits and keys', () => {
    const pair = otcPair(crypto, { seed: 5, slot: 3, generation: 9 });
    expect(pair.opened1.code10).toBe(pair.pair1.code10);
    expect(pair.opened1.code10).toMatch(/^[0-9]{10}$/);
    expect(pair.opened1.keys).toEqual(pair.pair1.keys);
    expect(pair.pair2.code6).toMatch(/^[0-9]{6}$/);
  });

  it('takes 102 bytes for PAIR1 and 66 for PAIR2', () => {
    const pair = otcPair(crypto, { seed: 5 });
    expect([pair.pair1.payload.length, pair.pair2.payload.length]).toEqual([102, 66]);
  });

  it('works without a prekey and then leaves the prekeys alone', () => {
    const opened = openPair1(crypto, {
      payload: seal({ prekey: undefined }),
      token: pair1TokenOf(device, 2),
    });
    expect(opened.ok && opened.value.prekeysLeft).toEqual(device.prekeys);
    expect(NO_PREKEY_ID).toBe(255);
  });

  it('uses up the prekey of a PAIR1 and all that were made before it', () => {
    const opened = openPair1(crypto, {
      payload: seal({ prekey: device.publicPrekeys[2] }),
      token: pair1TokenOf(device, 2),
    });
    expect(opened.ok && opened.value.prekeysLeft.map((prekey) => prekey.id)).toEqual([3, 4, 5, 6, 7]);
  });

  it('never makes the same bytes twice for two attempts', () => {
    expect(seal()).not.toEqual(seal());
  });
});

describe('a token refuses a PAIR1', () => {
  it('of another token', () => {
    expect(reason(seal(), { slots: [{ slot: 2, hintKey: new Uint8Array(32) }] })).toBe('another_token');
  });
  it('for a slot that is not bound', () => {
    expect(reason(seal({ slot: 4 }))).toBe('slot_unbound');
  });
  it('whose hint carries a generation', () => {
    const payload = seal();
    payload[6] = (payload[6] ?? 0) ^ 1;
    expect(reason(payload)).toBe('pairing_generation_bits');
  });
  it('for the first reason that applies, in the order of the specification', () => {
    const payload = seal({ slot: 2, serverKey: { ...device.serverKey, keyId: 9 } });
    expect(reason(payload, { slots: [], lastPairing: 99 })).toBe('another_token');
    expect(reason(payload, { lastPairing: 99, prekeys: [] })).toBe('server_key_unknown');
    expect(reason(seal(), { lastPairing: 99, prekeys: [], serial: 1n })).toBe('counter_used');
    expect(reason(seal(), { prekeys: [], serial: 1n })).toBe('prekey_missing');
  });
  it('under a server key that it does not know', () => {
    expect(reason(seal({ serverKey: { ...device.serverKey, keyId: 9 } }))).toBe('server_key_unknown');
  });
  it('whose pairing counter it has seen, or a lower one', () => {
    expect(reason(seal(), { lastPairing: 10 })).toBe('counter_used');
    expect(reason(seal(), { lastPairing: 11 })).toBe('counter_used');
    expect(reason(seal(), { lastPairing: 9 })).toBe('opened');
  });
  it('never for being far ahead: a pairing counter has no skip limit', () => {
    expect(reason(seal({ pairingCounter: 0xffff_ffff }), { lastPairing: 1 })).toBe('opened');
  });
  it('whose prekey is gone', () => {
    expect(reason(seal(), { prekeys: device.prekeys.slice(1) })).toBe('prekey_missing');
  });
  it('sealed for another serial, device or server key', () => {
    expect(reason(seal(), { serial: 1n })).toBe('not_authentic');
    const stranger = otcDevice(crypto, 99);
    // With a stranger's d the masked counter and prekey are noise: either they are refused or the AEAD is.
    expect(reason(seal(), { deviceSecret: stranger.deviceSecret })).not.toBe('opened');
    expect(reason(seal(), { serverKeys: [stranger.serverKey] })).not.toBe('opened');
    expect(reason(seal({ prekey: undefined }), { prekeys: stranger.prekeys })).toBe('opened');
    expect(reason(seal(), { prekeys: stranger.prekeys })).toBe('not_authentic');
  });
  it('with KEEP_PIN if it has no PIN or a blocked one', () => {
    const payload = seal({}, { policy: { digits: 5, mode: 'keep_pin' } });
    expect(reason(payload)).toBe('pin_missing');
    expect(reason(payload, { pin: 'blocked' })).toBe('pin_blocked');
    expect(reason(payload, { pin: 'set' })).toBe('opened');
  });
  it('made from a point of low order', () => {
    const payload = seal();
    payload.fill(0, 19, 51);
    expect(reason(payload)).toBe('weak_key');
  });
});

describe('a server refuses to make', () => {
  const job: Pair1Job = {
    ...device,
    slot: 2,
    prekey: undefined,
    pairingCounter: 1,
    content: pair1ContentOf(device, 7),
    hedge: device.hedge(),
  };
  const code = (changes: Partial<Pair1Job>): string => {
    const sealed = sealPair1(crypto, { ...job, ...changes });
    return sealed.ok ? 'sealed' : sealed.error.code;
  };

  it('a PAIR1 for a device key or prekey of low order', () => {
    expect(code({ deviceKey: new Uint8Array(32) })).toBe('weak_key');
    expect(code({ prekey: { id: 0, publicKey: new Uint8Array(32) } })).toBe('weak_key');
  });
  it.each([
    ['generation 0', { newGeneration: 0 }],
    ['generation 256', { newGeneration: 256 }],
    ['a generation equal to the active one mod 32', { activeGeneration: 39 }],
    ['a PIN of six digits', { policy: { digits: 6, mode: 'new_pin' } }],
    ['a label of 17 characters', { label: 'x'.repeat(17) }],
    ['a label with an escape character', { label: '\u001b[2J' }],
  ] as const)('a PAIR1 with %s', (_, content) => {
    expect(code({ content: { ...job.content, ...content } })).toBe('bad_field');
  });
});

describe('a token refuses a PAIR2', () => {
  const pair = otcPair(crypto, { seed: 6, slot: 2, generation: 7 });
  const { pending, device: owner } = pair;
  const slotOf = (changes: Partial<typeof pending>) => [
    { slot: 2, hintKey: owner.hintKey, pending: { ...pending, ...changes } },
  ];
  const reason2 = (changes: Partial<typeof pending>): string => {
    const opened = openPair2(crypto, { payload: pair.pair2.payload, slots: slotOf(changes) });
    return opened.ok ? 'opened' : opened.error.code;
  };

  it('unless the ten digits it showed are those in the key', () => {
    expect(reason2({})).toBe('opened');
    const other = pending.code10 === '0000000000' ? '0000000001' : '0000000000';
    expect(reason2({ code10: other })).toBe('not_authentic');
  });
  it('of another generation or another attempt', () => {
    expect(reason2({ generation: 8 })).toBe('generation_unknown');
    expect(reason2({ pairingCounter: 2 })).toBe('other_pairing');
    // 39 = 7 mod 32: the header cannot tell them apart, the sealed generation does.
    expect(reason2({ generation: 39 })).toBe('bad_field');
  });
  it('that opens but names another slot', () => {
    const header = pair.pair2.payload.slice(0, 19);
    const info = concatBytes(LABELS.pair2Aead, header, asciiBytes(pending.code10));
    const key = crypto.hkdfExpand(pending.kRoot, info);
    const forged = (slot: number): Uint8Array => {
      const plaintext = new Uint8Array(31);
      plaintext.set([slot, 7]);
      return sealMatrix(crypto, { key, aad: header, plaintext });
    };
    expect(openPair2(crypto, { payload: forged(2), slots: slotOf({}) }).ok).toBe(true);
    expect(openPair2(crypto, { payload: forged(3), slots: slotOf({}) })).toEqual({
      ok: false,
      error: { code: 'bad_field', field: 'slot' },
    });
  });
  it('without a pending pairing', () => {
    const slots = [{ slot: 2, hintKey: owner.hintKey, pending: undefined }];
    const opened = openPair2(crypto, { payload: pair.pair2.payload, slots });
    expect(opened).toEqual({ ok: false, error: { code: 'generation_unknown', slot: 2, generationBits: 7 } });
  });
  it('twice as gladly as once: the same picture gives the same digits', () => {
    const open = () => openPair2(crypto, { payload: pair.pair2.payload, slots: slotOf({}) });
    expect(open()).toEqual(open());
  });
  it('spliced from another pairing of the same token', () => {
    const again = sealPair2(crypto, {
      slot: 2,
      hintKey: owner.hintKey,
      pending: { ...pending, kRoot: new Uint8Array(32) },
      content: { timeS: 0, session: new Uint8Array(8), label: '' },
      hedge: owner.hedge(),
    });
    const opened = again.ok && openPair2(crypto, { payload: again.value.payload, slots: slotOf({}) });
    expect(opened && !opened.ok && opened.error.code).toBe('not_authentic');
  });

  it('of any other attempt, over all pairs of 40 attempts of one slot and one generation', () => {
    const attempts = Array.from({ length: 40 }, () => {
      const made = sealPair1(crypto, {
        ...device,
        slot: 2,
        prekey: undefined,
        pairingCounter: 1,
        content: pair1ContentOf(device, 7),
        hedge: device.hedge(),
      });
      if (!made.ok) throw new Error(made.error.code);
      const staged = { ...made.value.keys, code10: made.value.code10, pairingCounter: 1 };
      const content = { timeS: 0, session: new Uint8Array(8), label: '' };
      const hedge = device.hedge();
      const second = sealPair2(crypto, { slot: 2, hintKey: device.hintKey, pending: staged, content, hedge });
      if (!second.ok) throw new Error(second.error.code);
      return { slot: { slot: 2, hintKey: device.hintKey, pending: staged }, payload: second.value.payload };
    });
    attempts.forEach(({ slot }, own) => {
      const opening = attempts.map(({ payload }) => openPair2(crypto, { payload, slots: [slot] }).ok);
      expect(opening.flatMap((isOpen, at) => (isOpen ? [at] : []))).toEqual([own]);
    });
  });
});
