import type { Layout } from '@chiavetta/protocol/bytes';
import { concatBytes, fieldBytes, fieldText, fieldU8, fieldU32, layout } from '@chiavetta/protocol/bytes';
import type { SecretPrekey } from '@chiavetta/protocol/otc';
import { PREKEY_COUNT } from '@chiavetta/protocol/otc';
import type { PendingGeneration, ServerKey, SlotGeneration, Vault, VaultSlot } from './vault.ts';
import { SERVER_KEY_COUNT_MAX, SLOT_COUNT_MAX } from './vault.ts';

const VERSION = 1;

type Head = Pick<Vault, 'seedEpoch' | 'lastPairing' | 'triesEpoch' | 'nextPrekeyId' | 'stagingKey'> & {
  readonly version: number;
  /** 1 when a PIN is set; salt and verifier are zeros otherwise. */
  readonly pinSet: number;
  readonly pinSalt: Uint8Array;
  readonly pinVerifier: Uint8Array;
  readonly serverKeyCount: number;
  readonly prekeyCount: number;
  readonly slotCount: number;
};

const headLayout: Layout<Head> = layout('vault', {
  version: fieldU8,
  seedEpoch: fieldU32,
  lastPairing: fieldU32,
  triesEpoch: fieldU32,
  pinSet: fieldU8,
  pinSalt: fieldBytes(16),
  pinVerifier: fieldBytes(32),
  nextPrekeyId: fieldU8,
  stagingKey: fieldBytes(32),
  serverKeyCount: fieldU8,
  prekeyCount: fieldU8,
  slotCount: fieldU8,
});

const serverKeyLayout: Layout<ServerKey> = layout('vault server key', {
  keyId: fieldU8,
  publicKey: fieldBytes(32),
});

const prekeyLayout: Layout<SecretPrekey> = layout('vault prekey', { id: fieldU8, secret: fieldBytes(32) });

type SlotHead = Pick<VaultSlot, 'slot' | 'hintKey' | 'label' | 'customerLabel'> & {
  /** Bit 0: an active generation follows; bit 1: a pending one. */
  readonly generations: number;
};

const slotLayout: Layout<SlotHead> = layout('vault slot', {
  slot: fieldU8,
  hintKey: fieldBytes(32),
  label: fieldText(16),
  customerLabel: fieldText(24),
  generations: fieldU8,
});

const generationFields = {
  generation: fieldU8,
  kHdr: fieldBytes(32),
  ck: fieldBytes(32),
  m: fieldBytes(32),
  next: fieldU32,
};

const activeLayout: Layout<SlotGeneration> = layout('vault active generation', generationFields);

type StoredPending = Omit<PendingGeneration, 'pair2Opened'> & { readonly pair2Opened: number };

const pendingLayout: Layout<StoredPending> = layout('vault pending generation', {
  ...generationFields,
  kRoot: fieldBytes(32),
  code10: fieldText(10),
  pairingCounter: fieldU32,
  pair2Opened: fieldU8,
});

/** Bytes of the fullest vault. */
export const VAULT_BYTES_MAX: number =
  headLayout.byteCount +
  SERVER_KEY_COUNT_MAX * serverKeyLayout.byteCount +
  PREKEY_COUNT * prekeyLayout.byteCount +
  SLOT_COUNT_MAX * (slotLayout.byteCount + activeLayout.byteCount + pendingLayout.byteCount);

/** The vault as bytes, before sealing. */
export function encodeVault(vault: Vault): Uint8Array {
  const { pin, serverKeys, prekeys, slots } = vault;
  return concatBytes(
    headLayout.encode({
      ...vault,
      version: VERSION,
      pinSet: pin === undefined ? 0 : 1,
      pinSalt: pin?.salt ?? new Uint8Array(16),
      pinVerifier: pin?.verifier ?? new Uint8Array(32),
      serverKeyCount: serverKeys.length,
      prekeyCount: prekeys.length,
      slotCount: slots.length,
    }),
    ...serverKeys.map((key) => serverKeyLayout.encode(key)),
    ...prekeys.map((prekey) => prekeyLayout.encode(prekey)),
    ...slots.map(encodeSlot),
  );
}

/** Reads a vault. Total: `undefined` for bytes that no `encodeVault` made. */
export function decodeVault(bytes: Uint8Array): Vault | undefined {
  const head = take(headLayout, { bytes, at: 0 });
  if (head === undefined || head.value.version !== VERSION) return undefined;
  const { serverKeyCount, prekeyCount, slotCount, pinSet, pinSalt, pinVerifier } = head.value;
  const isOverfull = serverKeyCount > SERVER_KEY_COUNT_MAX || prekeyCount > PREKEY_COUNT;
  if (isOverfull || slotCount > SLOT_COUNT_MAX) return undefined;
  const serverKeys = takeMany(serverKeyLayout, { bytes, at: head.end, count: serverKeyCount });
  if (serverKeys === undefined) return undefined;
  const prekeys = takeMany(prekeyLayout, { bytes, at: serverKeys.end, count: prekeyCount });
  if (prekeys === undefined) return undefined;
  const slots: VaultSlot[] = [];
  let at = prekeys.end;
  for (let index = 0; index < slotCount; index += 1) {
    const slot = takeSlot(bytes, at);
    if (slot === undefined) return undefined;
    slots.push(slot.value);
    at = slot.end;
  }
  if (at !== bytes.length || !isPinField(head.value)) return undefined;
  const { seedEpoch, lastPairing, triesEpoch, nextPrekeyId, stagingKey } = head.value;
  return {
    seedEpoch,
    lastPairing,
    triesEpoch,
    nextPrekeyId,
    stagingKey,
    pin: pinSet === 0 ? undefined : { salt: pinSalt, verifier: pinVerifier },
    serverKeys: serverKeys.value,
    prekeys: prekeys.value,
    slots,
  };
}

/** A PIN that is not set leaves zeros: a vault has one spelling. */
function isPinField({ pinSet, pinSalt, pinVerifier }: Head): boolean {
  return pinSet === 1 || (pinSet === 0 && [...pinSalt, ...pinVerifier].every((byte) => byte === 0));
}

function encodeSlot(slot: VaultSlot): Uint8Array {
  const { active, pending } = slot;
  return concatBytes(
    slotLayout.encode({
      ...slot,
      generations: (active === undefined ? 0 : 1) | (pending === undefined ? 0 : 2),
    }),
    active === undefined ? new Uint8Array(0) : activeLayout.encode(active),
    pending === undefined
      ? new Uint8Array(0)
      : pendingLayout.encode({ ...pending, pair2Opened: pending.pair2Opened ? 1 : 0 }),
  );
}

type Taken<V> = { readonly value: V; readonly end: number };

function takeSlot(bytes: Uint8Array, start: number): Taken<VaultSlot> | undefined {
  const head = take(slotLayout, { bytes, at: start });
  if (head === undefined || head.value.generations > 3) return undefined;
  const { generations, ...rest } = head.value;
  let end = head.end;
  let active: SlotGeneration | undefined;
  let pending: PendingGeneration | undefined;
  if ((generations & 1) !== 0) {
    const taken = take(activeLayout, { bytes, at: end });
    if (taken === undefined) return undefined;
    active = taken.value;
    end = taken.end;
  }
  if ((generations & 2) !== 0) {
    const taken = take(pendingLayout, { bytes, at: end });
    if (taken === undefined || taken.value.pair2Opened > 1) return undefined;
    pending = { ...taken.value, pair2Opened: taken.value.pair2Opened !== 0 };
    end = taken.end;
  }
  return { value: { ...rest, active, pending }, end };
}

function takeMany<V extends object>(
  of: Layout<V>,
  from: { readonly bytes: Uint8Array; readonly at: number; readonly count: number },
): Taken<readonly V[]> | undefined {
  const value: V[] = [];
  let end = from.at;
  for (let index = 0; index < from.count; index += 1) {
    const taken = take(of, { bytes: from.bytes, at: end });
    if (taken === undefined) return undefined;
    value.push(taken.value);
    end = taken.end;
  }
  return { value, end };
}

function take<V extends object>(
  of: Layout<V>,
  from: { readonly bytes: Uint8Array; readonly at: number },
): Taken<V> | undefined {
  const end = from.at + of.byteCount;
  const decoded = of.decode(from.bytes.subarray(from.at, end));
  return decoded.ok ? { value: decoded.value, end } : undefined;
}
