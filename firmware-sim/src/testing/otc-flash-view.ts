import { assert } from '@chiavetta/protocol/bytes';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { boardStart } from '../core/board.ts';
import { OTC_FLASH, readVault } from '../core/otc/otc-flash.ts';
import type { PinTries } from '../core/otc/pin-tries.ts';
import { readTries } from '../core/otc/pin-tries.ts';
import type { Vault } from '../core/otc/vault.ts';

/** What a token would find in its flash if it were switched on now. */
export function viewOtcFlash(
  image: Uint8Array,
  element: Uint8Array,
): { readonly vault: Vault; readonly tries: PinTries } {
  const board = boardStart(nobleCrypto, OTC_FLASH, {
    tag: 'power.on',
    nvm: image,
    element,
    entropy: new Uint8Array(32),
    nowMs: 0,
  });
  const vault = readVault(nobleCrypto, board);
  assert(vault !== undefined, 'the vault can be read at every moment');
  return { vault, tries: readTries(board, vault.triesEpoch) };
}

/** Numbers that must never go back, by name: pairing counter, epochs, and the counter of each generation. */
export function risingNumbers(vault: Vault): ReadonlyMap<string, number> {
  const numbers = new Map([
    ['lastPairing', vault.lastPairing],
    ['seedEpoch', vault.seedEpoch],
    ['triesEpoch', vault.triesEpoch],
  ]);
  for (const slot of vault.slots) {
    for (const held of [slot.active, slot.pending]) {
      if (held !== undefined) numbers.set(`next ${slot.slot}/${held.generation}`, held.next);
    }
  }
  return numbers;
}
