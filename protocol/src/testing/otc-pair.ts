import { assert } from '../bytes/index.ts';
import type {
  ChallengeSlot,
  Hedge,
  OpenedPair1,
  Pair1Content,
  Pair1Token,
  PendingPairing,
  PublicPrekey,
  SealedPair1,
  SecretPrekey,
  ServerGeneration,
} from '../otc/index.ts';
import { openPair1, openPair2, PREKEY_COUNT, sealPair1, sealPair2 } from '../otc/index.ts';
import type { Crypto } from '../ports/index.ts';
import type { SeededEntropy } from './seeded-entropy.ts';
import { seededEntropy } from './seeded-entropy.ts';

/** One bound OTC token and the keys of the server that it is bound to. Everything follows from the seed. */
export type OtcDevice = {
  readonly serial: bigint;
  readonly identitySecret: Uint8Array;
  readonly deviceSecret: Uint8Array;
  readonly deviceKey: Uint8Array;
  readonly hintKey: Uint8Array;
  readonly serverKey: { readonly keyId: number; readonly secret: Uint8Array; readonly publicKey: Uint8Array };
  readonly prekeys: readonly SecretPrekey[];
  readonly publicPrekeys: readonly PublicPrekey[];
  /** A fresh hedge at each call. */
  readonly hedge: () => Hedge;
  readonly entropy: SeededEntropy;
};

/** A completed pairing as both sides hold it. */
export type OtcPair = {
  readonly device: OtcDevice;
  readonly slot: number;
  readonly pair1: SealedPair1;
  readonly opened1: OpenedPair1;
  readonly pair2: { readonly payload: Uint8Array; readonly code6: string };
  readonly pending: PendingPairing;
  readonly server: ServerGeneration;
  readonly token: ChallengeSlot;
  /** The response secret M, the same on both sides. */
  readonly m: Uint8Array;
};

/** A token with its serial, keys and eight prekeys (numbers 0 to 7), and a server key with number 1. */
export function otcDevice(crypto: Crypto, seed: number): OtcDevice {
  const entropy = seededEntropy('otc device', seed);
  const draw = (): Uint8Array => entropy.randomBytes(32);
  const deviceSecret = draw();
  const serverSecret = draw();
  const hedgeKey = draw();
  const prekeys = Array.from({ length: PREKEY_COUNT }, (_, id) => ({ id, secret: draw() }));
  return {
    serial: 100_000_000_000n + BigInt(seed),
    identitySecret: draw(),
    deviceSecret,
    deviceKey: crypto.x25519PublicKey(deviceSecret),
    hintKey: draw(),
    serverKey: { keyId: 1, secret: serverSecret, publicKey: crypto.x25519PublicKey(serverSecret) },
    prekeys,
    publicPrekeys: prekeys.map(({ id, secret }) => ({ id, publicKey: crypto.x25519PublicKey(secret) })),
    hedge: () => ({ key: hedgeKey, binding: entropy.randomBytes(4), random: draw() }),
    entropy,
  };
}

/** The token's side of a PAIR1: one bound slot, no PIN yet. */
export function pair1TokenOf(device: OtcDevice, slot: number): Pair1Token {
  const { serial, deviceSecret, hintKey, serverKey, prekeys } = device;
  const slots = [{ slot, hintKey }];
  return { serial, deviceSecret, slots, serverKeys: [serverKey], prekeys, lastPairing: 0, pin: 'none' };
}

/** A first PAIR1 content for generation `newGeneration`. */
export function pair1ContentOf(device: OtcDevice, newGeneration: number): Pair1Content {
  return {
    activeGeneration: 0,
    newGeneration,
    policy: { digits: 5, mode: 'new_pin' },
    timeS: 1_800_000_000,
    session: device.entropy.randomBytes(8),
    label: 'Banca Esempio',
  };
}

/** Runs a whole pairing between the two sides. Slot 0 and generation 1 unless told. */
export function otcPair(
  crypto: Crypto,
  options: { readonly seed: number; readonly slot?: number; readonly generation?: number },
): OtcPair {
  const { seed, slot = 0, generation = 1 } = options;
  const device = otcDevice(crypto, seed);
  const { hintKey } = device;
  const pair1 = sealPair1(crypto, {
    ...device,
    slot,
    prekey: device.publicPrekeys[0],
    pairingCounter: 1,
    content: pair1ContentOf(device, generation),
    hedge: device.hedge(),
  });
  assert(pair1.ok, 'a PAIR1 of the fixture can be sealed');
  const opened1 = openPair1(crypto, { payload: pair1.value.payload, token: pair1TokenOf(device, slot) });
  assert(opened1.ok, 'the token of the fixture opens its PAIR1');
  const { keys, code10, pairingCounter } = opened1.value;
  const pending = { ...keys, code10, pairingCounter };
  const content = { timeS: 1_800_000_060, session: device.entropy.randomBytes(8), label: 'Banca Esempio' };
  const pair2 = sealPair2(crypto, { slot, hintKey, pending, content, hedge: device.hedge() });
  assert(pair2.ok, 'a PAIR2 of the fixture can be sealed');
  const opened2 = openPair2(crypto, { payload: pair2.value.payload, slots: [{ slot, hintKey, pending }] });
  assert(opened2.ok && opened2.value.code6 === pair2.value.code6, 'the token of the fixture opens its PAIR2');
  const { kHdr, ck0: ck, m } = keys;
  return {
    device,
    slot,
    pair1: pair1.value,
    opened1: opened1.value,
    pair2: pair2.value,
    pending,
    server: { slot, generation, hintKey, kHdr, m, ck, next: 0 },
    token: { slot, hintKey, generations: [{ generation, kHdr, ck, next: 0 }] },
    m,
  };
}
