import type { SecretPrekey } from '@chiavetta/protocol/otc';

/** A generation of a slot's keys, as the token keeps it. Keys are 32 bytes each. */
export type SlotGeneration = {
  readonly generation: number;
  readonly kHdr: Uint8Array;
  /** CK_next. */
  readonly ck: Uint8Array;
  /** The response secret M. */
  readonly m: Uint8Array;
  /** The lowest counter that is still accepted. */
  readonly next: number;
};

/** A generation that was staged by a PAIR1 and not yet used: PENDING_CODE10, or PENDING_CODE6 once PAIR2 was opened. */
export type PendingGeneration = SlotGeneration & {
  readonly kRoot: Uint8Array;
  /** 10 digits. */
  readonly code10: string;
  readonly pairingCounter: number;
  readonly pair2Opened: boolean;
};

/** A bound slot. A slot that is not in the vault is EMPTY; one without generations is BOUND. */
export type VaultSlot = {
  /** 0 to 7. */
  readonly slot: number;
  readonly hintKey: Uint8Array;
  /** What the token calls the slot: the bank's name. */
  readonly label: string;
  /** Whose slot it is, as staff wrote it. */
  readonly customerLabel: string;
  readonly active: SlotGeneration | undefined;
  readonly pending: PendingGeneration | undefined;
};

/** What checks a device PIN: 16 bytes of salt and HMAC(element key, ...). */
export type PinVerifier = { readonly salt: Uint8Array; readonly verifier: Uint8Array };

/** A pairing static S of the validator. */
export type ServerKey = { readonly keyId: number; readonly publicKey: Uint8Array };

/**
 * Everything secret that changes in the life of a token. It is ONE flash record, so that whatever belongs together
 * changes together: a new PIN, the erasure of other keys, `lastPairing`, a used prekey, a staged slot.
 * docs/spec/devices.md, "OTC vault".
 */
export type Vault = {
  /** seedEpoch of the last applied operation; 0 from the factory. */
  readonly seedEpoch: number;
  /** The highest pairing counter of a staged PAIR1, for all slots; survives everything. */
  readonly lastPairing: number;
  /** A tries record of another number is void, and the tries are full: a new PIN and UNLOCK count this up. */
  readonly triesEpoch: number;
  readonly pin: PinVerifier | undefined;
  /** Number of the next prekey to be made, 0 to 254. */
  readonly nextPrekeyId: number;
  /**
   * 32 random bytes under which an operation is staged, new after each applied one: what the transaction record still
   * holds then, prekeys long erased among it, opens no more.
   */
  readonly stagingKey: Uint8Array;
  /** At most two, the newest last. */
  readonly serverKeys: readonly ServerKey[];
  /** Unused prekeys in the order of making, at most eight. */
  readonly prekeys: readonly SecretPrekey[];
  /** Bound slots by number, at most eight. */
  readonly slots: readonly VaultSlot[];
};

/** Server keys that a token keeps. */
export const SERVER_KEY_COUNT_MAX = 2;
/** Slots of a token. */
export const SLOT_COUNT_MAX = 8;

/** A vault from the factory. `stagingKey`: 32 random bytes. */
export function newVault(stagingKey: Uint8Array): Vault {
  return {
    seedEpoch: 0,
    lastPairing: 0,
    triesEpoch: 0,
    pin: undefined,
    nextPrekeyId: 0,
    stagingKey,
    serverKeys: [],
    prekeys: [],
    slots: [],
  };
}

/** The slot whose pairing is under way: of all pending ones only the last PAIR1's can still be finished. */
export function slotInPairing(
  vault: Vault,
): (VaultSlot & { readonly pending: PendingGeneration }) | undefined {
  for (const slot of vault.slots) {
    const { pending } = slot;
    if (pending !== undefined && pending.pairingCounter === vault.lastPairing) return { ...slot, pending };
  }
  return undefined;
}
