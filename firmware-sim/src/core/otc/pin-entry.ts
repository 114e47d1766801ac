import { assert } from '@chiavetta/protocol/bytes';
import { PIN_DIGITS } from '@chiavetta/protocol/otc';
import { boardRandom } from '../board.ts';
import { planRecord } from './otc-flash.ts';
import type { OtcNext, PinPurpose } from './otc-state.ts';
import type { PinTries } from './pin-tries.ts';
import { encodeTries, fullTries, lockCodeFrom, TRIES_RECORD } from './pin-tries.ts';
import { isRightPin } from './pin-verifier.ts';
import type { OtcSetup, Work } from './work.ts';
import { change, goTo, writeAndWait } from './work.ts';

/** Adds a digit, up to the size of a PIN. */
export function typeDigit(typed: string, digit: string): string {
  return typed.length < PIN_DIGITS ? typed + digit : typed;
}

/**
 * Tries a PIN: one try is taken away in flash first, and only when that is acknowledged is the PIN looked at. Cutting
 * the power after seeing the answer gains nothing. docs/spec/devices.md, "Device PIN".
 */
export function tryPin(at: Work, attempt: { readonly pin: string; readonly purpose: PinPurpose }): Work {
  const { tries } = at.state;
  assert(tries.left > 0, 'a blocked token takes no PIN');
  const fewer: PinTries = { ...tries, left: tries.left - 1 };
  return writeTries(at, fewer, { tag: 'compare', ...attempt });
}

/** The try is used up in flash: looks at the PIN. */
export function comparePin(
  setup: OtcSetup,
  at: Work,
  attempt: { readonly pin: string; readonly purpose: PinPurpose },
): Work {
  const { board, vault, tries } = at.state;
  assert(vault.pin !== undefined, 'only a token with a PIN asks for it');
  const isRight = isRightPin(setup.crypto, {
    elementKey: board.elementKey,
    pin: attempt.pin,
    verifier: vault.pin,
  });
  if (isRight) {
    return writeTries(at, fullTries(vault.triesEpoch), { tag: 'unlocked', purpose: attempt.purpose });
  }
  if (tries.left === 0) return blockToken(setup, at, { tag: 'home' });
  const locked = change(at, { lock: 'LOCKED_PIN' });
  return goTo(locked, { tag: 'pin.wrong', purpose: attempt.purpose, left: tries.left });
}

/** Makes the lock code of this block, once; it is shown when it is in flash. */
export function blockToken(setup: OtcSetup, at: Work, next: OtcNext): Work {
  const drawn = boardRandom(setup.crypto, at.state.board, 8);
  const blocked = change(at, { board: drawn.board, lock: 'BLOCKED' });
  const tries: PinTries = { ...at.state.tries, left: 0, lockCode: lockCodeFrom(drawn.bytes) };
  return writeTries(blocked, tries, next);
}

function writeTries(at: Work, tries: PinTries, next: OtcNext): Work {
  const planned = planRecord(at.state.board, { name: TRIES_RECORD, body: encodeTries(tries) });
  return writeAndWait(change(at, { tries }), planned, next);
}
