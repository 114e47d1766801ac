import { isWeakPin, openPair1, openPair2, PIN_DIGITS } from '@chiavetta/protocol/otc';
import { boardRandom } from '../board.ts';
import type { OpenedPairing } from './otc-state.ts';
import { fullTries } from './pin-tries.ts';
import { makePinVerifier, PIN_SALT_BYTES } from './pin-verifier.ts';
import type { PinVerifier } from './vault.ts';
import { withPair2Opened, withStagedPairing } from './vault-changes.ts';
import type { OtcSetup, Work } from './work.ts';
import { change, goTo, notice, writeVault } from './work.ts';
import { refusePicture } from './wrong-picture.ts';

/** Opens a first picture, whatever the lock: its policy says whether the old PIN is needed. Nothing is stored. */
export function beginPairing(setup: OtcSetup, at: Work, payload: Uint8Array): Work {
  const { vault, identity, serialNumber, lock } = at.state;
  const opened = openPair1(setup.crypto, {
    payload,
    token: {
      serial: serialNumber,
      deviceSecret: identity.x25519Secret,
      slots: vault.slots,
      serverKeys: vault.serverKeys,
      prekeys: vault.prekeys,
      lastPairing: vault.lastPairing,
      pin: vault.pin === undefined ? 'none' : lock === 'BLOCKED' ? 'blocked' : 'set',
    },
  });
  if (!opened.ok) {
    const isOld = opened.error.code === 'counter_used';
    return refusePicture(at, isOld ? { ...opened.error, code: 'other_pairing' } : opened.error);
  }
  return goTo(at, { tag: 'pair.intro', opened: { ...opened.value, seedEpoch: vault.seedEpoch } });
}

/** The person wants this pairing: a new PIN is chosen, or the one that stays is asked for. */
export function agreeToPairing(at: Work, opened: OpenedPairing): Work {
  return opened.content.policy.mode === 'new_pin'
    ? goTo(at, { tag: 'pin.choose', opened, typed: '' })
    : goTo(at, { tag: 'pin', purpose: { tag: 'pair', opened }, typed: '' });
}

/** A PIN was chosen for the first time: it is confirmed unless it is weak. */
export function choosePin(
  setup: OtcSetup,
  at: Work,
  choice: { readonly opened: OpenedPairing; readonly typed: string },
): Work {
  const { opened, typed } = choice;
  if (typed.length !== PIN_DIGITS) return at;
  if (isWeakPin(typed, setup.profile.refusedPins)) {
    return goTo(at, { tag: 'pin.again', opened, why: 'weak' });
  }
  return goTo(at, { tag: 'pin.confirm', opened, first: typed, typed: '' });
}

/** The PIN was typed again: the pairing is staged if it is the same. */
export function confirmPin(
  setup: OtcSetup,
  at: Work,
  choice: { readonly opened: OpenedPairing; readonly first: string; readonly typed: string },
): Work {
  const { opened, first, typed } = choice;
  if (typed.length !== PIN_DIGITS) return at;
  if (typed !== first) return goTo(at, { tag: 'pin.again', opened, why: 'mismatch' });
  const drawn = boardRandom(setup.crypto, at.state.board, PIN_SALT_BYTES);
  const pin = makePinVerifier(setup.crypto, {
    elementKey: drawn.board.elementKey,
    salt: drawn.bytes,
    pin: typed,
  });
  return stagePairing(setup, change(at, { board: drawn.board }), opened, pin);
}

/** Stores the pairing in one record; the 10 digits are shown when it is in flash. */
export function stagePairing(setup: OtcSetup, at: Work, opened: OpenedPairing, newPin?: PinVerifier): Work {
  // A serial operation in between brought new prekeys or took the slot away: the picture is no longer the newest word.
  if (opened.seedEpoch !== at.state.vault.seedEpoch) return notice(at, 'picture.old-pairing');
  const vault = withStagedPairing(at.state.vault, opened, newPin);
  const tries = newPin === undefined ? at.state.tries : fullTries(vault.triesEpoch);
  return writeVault(setup, change(at, { tries }), vault, {
    tag: 'show',
    phase: { tag: 'code10', code: opened.code10 },
    lock: 'UNLOCKED',
  });
}

/** Opens a second picture on an unlocked token: the same 6 digits each time. */
export function endPairing(setup: OtcSetup, at: Work, payload: Uint8Array): Work {
  const { vault, lock } = at.state;
  const opened = openPair2(setup.crypto, { payload, slots: vault.slots });
  if (!opened.ok) {
    const { error } = opened;
    return refusePicture(
      at,
      error.code === 'generation_unknown' ? { code: 'other_pairing', counter: 0 } : error,
    );
  }
  const { slot, code6 } = opened.value;
  const phase = { tag: 'code6', code: code6 } as const;
  const isFirst = vault.slots.find((one) => one.slot === slot)?.pending?.pair2Opened === false;
  if (!isFirst) return goTo(at, phase);
  return writeVault(setup, at, withPair2Opened(vault, slot), { tag: 'show', phase, lock });
}
