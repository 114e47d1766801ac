import { assert } from '@chiavetta/protocol/bytes';
import type { PairingKeys } from '@chiavetta/protocol/otc';
import {
  codeOfChallenge,
  keptGeneration,
  openLogin,
  openPair1,
  openPair2,
  prekeyIdAfter,
} from '@chiavetta/protocol/otc';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { StoredPrekey } from '../core/token-record.ts';

type HeldGeneration = PairingKeys & { readonly ck: Uint8Array; readonly next: number };
type Pending = HeldGeneration & { readonly code10: string; readonly pairingCounter: number };
type Slot = {
  slot: number;
  hintKey: Uint8Array;
  active: HeldGeneration | undefined;
  pending: Pending | undefined;
};

/** What a scan gives: the digits on the display, or the code of the token's own refusal. */
export type Scan = { readonly code: string } | { readonly refused: string };

/** The optical token as far as the validator's tests need one: no display, no PIN digits, no flash. */
export interface LittleToken {
  readonly serial: string;
  readonly publicKey: Uint8Array;
  /** Makes eight prekeys, as at BIND, RESET or REKEY, and gives the public halves. */
  readonly makePrekeys: () => readonly StoredPrekey[];
  readonly deliver: (slot: number, hintKey: Uint8Array) => void;
  readonly scan: (payload: Uint8Array) => Scan;
  /** The PIN policy of the last PAIR1 that was opened. */
  readonly lastPolicy: () => string | undefined;
  /** What the display said of the last LOGIN that was opened. */
  readonly lastText: () => string | undefined;
}

/** A token with its own keys from `random`. */
export function littleToken(job: {
  readonly crypto: Crypto;
  readonly serial: string;
  readonly random: (byteCount: number) => Uint8Array;
  readonly serverKey: { readonly keyId: number; readonly publicKey: Uint8Array };
}): LittleToken {
  const { crypto, random, serial } = job;
  const deviceSecret = random(32);
  const slots: Slot[] = [];
  let prekeys: readonly { readonly id: number; readonly secret: Uint8Array }[] = [];
  let nextPrekeyId = 0;
  let lastPairing = 0;
  let pin: 'none' | 'set' = 'none';
  let policy: string | undefined;

  const scanPair1 = (payload: Uint8Array): Scan => {
    const token = {
      serial: BigInt(serial),
      deviceSecret,
      slots,
      serverKeys: [job.serverKey],
      prekeys,
      lastPairing,
      pin,
    };
    const opened = openPair1(crypto, { payload, token });
    if (!opened.ok) return { refused: opened.error.code };
    const { content, keys, code10, pairingCounter } = opened.value;
    prekeys = opened.value.prekeysLeft;
    lastPairing = pairingCounter;
    policy = content.policy.mode;
    if (content.policy.mode === 'new_pin') {
      for (const one of slots) Object.assign(one, { active: undefined, pending: undefined });
      pin = 'set';
    }
    const slot = slots.find((one) => one.slot === opened.value.slot);
    assert(slot !== undefined, 'an opened picture names a bound slot');
    const held = [slot.active, slot.pending].filter((one) => one !== undefined);
    slot.active = keptGeneration(held, content.activeGeneration);
    slot.pending = { ...keys, ck: keys.ck0, next: 0, code10, pairingCounter };
    return { code: code10 };
  };

  let text: string | undefined;
  const scanLogin = (payload: Uint8Array): Scan => {
    const view = slots.map((one) => ({
      slot: one.slot,
      hintKey: one.hintKey,
      generations: [one.active, one.pending].filter((held) => held !== undefined),
    }));
    const opened = openLogin(crypto, { payload, slots: view });
    if (!opened.ok) return { refused: opened.error.code };
    text = opened.value.content.text;
    const slot = slots.find((one) => one.slot === opened.value.slot);
    assert(slot !== undefined, 'an opened picture names a bound slot');
    const held = slot.pending?.generation === opened.value.generation ? slot.pending : slot.active;
    assert(held !== undefined, 'an opened picture names a held generation');
    const code = codeOfChallenge(crypto, opened.value, held.m);
    if (held === slot.pending) slot.pending = undefined;
    slot.active = { ...held, ck: opened.value.nextCk, next: opened.value.next };
    return { code };
  };

  return {
    serial,
    publicKey: crypto.x25519PublicKey(deviceSecret),
    makePrekeys: () => {
      prekeys = Array.from({ length: 8 }, (_, index) => ({
        id: prekeyIdAfter(nextPrekeyId, index),
        secret: random(32),
      }));
      nextPrekeyId = prekeyIdAfter(nextPrekeyId, 8);
      return prekeys.map((one) => ({ id: one.id, publicKey: crypto.x25519PublicKey(one.secret) }));
    },
    deliver: (slot, hintKey) => {
      const known = slots.find((one) => one.slot === slot);
      if (known === undefined) slots.push({ slot, hintKey, active: undefined, pending: undefined });
      else known.hintKey = hintKey;
    },
    scan: (payload) => {
      if (payload[1] === 1) return scanPair1(payload);
      if (payload[1] !== 2) return scanLogin(payload);
      const opened = openPair2(crypto, { payload, slots });
      return opened.ok ? { code: opened.value.code6 } : { refused: opened.error.code };
    },
    lastPolicy: () => policy,
    lastText: () => text,
  };
}
