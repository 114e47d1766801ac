import type { OpenedChallenge, OpenedPair1 } from '@chiavetta/protocol/otc';
import { keptGeneration, PREKEY_COUNT, prekeyIdAfter } from '@chiavetta/protocol/otc';
import type { StagedPairing } from './staged-operation.ts';
import type { PinVerifier, SlotGeneration, Vault, VaultSlot } from './vault.ts';
import { SERVER_KEY_COUNT_MAX } from './vault.ts';

/**
 * Stages an opened PAIR1: the new generation pending, `lastPairing`, the used prekey and all older ones gone, and, with
 * a new PIN, the keys of every slot erased and the tries full. One vault, hence one flash record.
 * docs/spec/otc.md, "Pairing".
 */
export function withStagedPairing(vault: Vault, opened: OpenedPair1, newPin: PinVerifier | undefined): Vault {
  const { keys, content, code10, pairingCounter } = opened;
  const pending = {
    generation: keys.generation,
    kHdr: keys.kHdr,
    ck: keys.ck0,
    m: keys.m,
    next: 0,
    kRoot: keys.kRoot,
    code10,
    pairingCounter,
    pair2Opened: false,
  };
  const slots = vault.slots.map((slot) => {
    const kept = newPin === undefined ? slot : { ...slot, active: undefined, pending: undefined };
    if (slot.slot !== opened.slot) return kept;
    const held = heldGenerations(kept);
    return { ...kept, active: plainGeneration(keptGeneration(held, content.activeGeneration)), pending };
  });
  return {
    ...vault,
    slots,
    lastPairing: pairingCounter,
    prekeys: opened.prekeysLeft,
    ...(newPin === undefined ? {} : { pin: newPin, triesEpoch: vault.triesEpoch + 1 }),
  };
}

/** Steps the chain of an opened challenge; the first one of a pending generation makes it the active one. */
export function withOpenedChallenge(vault: Vault, opened: OpenedChallenge): Vault {
  return withSlot(vault, opened.slot, (slot) => {
    const used = heldGenerations(slot).find(({ generation }) => generation === opened.generation);
    if (used === undefined) return slot;
    const stepped: SlotGeneration = { ...used, ck: opened.nextCk, next: opened.next };
    const isPromoted = slot.pending?.generation === opened.generation;
    return { ...slot, active: plainGeneration(stepped), pending: isPromoted ? undefined : slot.pending };
  });
}

/** PENDING_CODE10 becomes PENDING_CODE6. */
export function withPair2Opened(vault: Vault, slotNumber: number): Vault {
  return withSlot(vault, slotNumber, (slot) =>
    slot.pending === undefined ? slot : { ...slot, pending: { ...slot.pending, pair2Opened: true } },
  );
}

/**
 * A committed BIND, RESET or REKEY: slot, labels, hint key, S and eight new prekeys instead of all older ones. The
 * slot's generations stay: a RESET erases them with the new PIN, a REKEY when the new generation is used.
 */
export function withPairingOperation(
  vault: Vault,
  operation: { readonly staged: StagedPairing; readonly seedEpoch: number; readonly stagingKey: Uint8Array },
): Vault {
  const { staged, seedEpoch, stagingKey } = operation;
  const { slot, hintKey, label, customerLabel, keyId } = staged;
  const before = vault.slots.find((one) => one.slot === slot);
  const bound: VaultSlot = {
    slot,
    hintKey,
    label,
    customerLabel,
    active: before?.active,
    pending: before?.pending,
  };
  const others = vault.slots.filter((one) => one.slot !== slot);
  const serverKeys = [
    ...vault.serverKeys.filter((one) => one.keyId !== keyId),
    { keyId, publicKey: staged.serverKey },
  ];
  return {
    ...vault,
    seedEpoch,
    stagingKey,
    serverKeys: serverKeys.slice(-SERVER_KEY_COUNT_MAX),
    nextPrekeyId: prekeyIdAfter(staged.firstPrekeyId, PREKEY_COUNT),
    prekeys: Array.from({ length: PREKEY_COUNT }, (_, index) => ({
      id: prekeyIdAfter(staged.firstPrekeyId, index),
      secret: staged.prekeySecrets.slice(32 * index, 32 * index + 32),
    })),
    slots: [...others, bound].toSorted((a, b) => a.slot - b.slot),
  };
}

/** A committed UNLOCK: all tries are back, the PIN stays. */
export function withUnlock(vault: Vault, seedEpoch: number): Vault {
  return { ...vault, seedEpoch, triesEpoch: vault.triesEpoch + 1 };
}

/** A committed REVOKE: the slot is EMPTY. */
export function withoutSlot(
  vault: Vault,
  operation: { readonly slot: number; readonly seedEpoch: number },
): Vault {
  const { slot, seedEpoch } = operation;
  return { ...vault, seedEpoch, slots: vault.slots.filter((one) => one.slot !== slot) };
}

/** The generations of a slot, active before pending. */
export function heldGenerations(slot: VaultSlot): readonly SlotGeneration[] {
  return [slot.active, slot.pending].filter((one) => one !== undefined);
}

/** A generation without what belonged to its pairing only: k_root and the 10 digits are erased with the promotion. */
function plainGeneration(held: SlotGeneration | undefined): SlotGeneration | undefined {
  if (held === undefined) return undefined;
  const { generation, kHdr, ck, m, next } = held;
  return { generation, kHdr, ck, m, next };
}

function withSlot(vault: Vault, slotNumber: number, change: (slot: VaultSlot) => VaultSlot): Vault {
  return { ...vault, slots: vault.slots.map((slot) => (slot.slot === slotNumber ? change(slot) : slot)) };
}
