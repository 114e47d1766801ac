import { PIN_DIGITS } from '@chiavetta/protocol/otc';
import type { Key } from '../device.ts';
import { encodeLanguage, LANGUAGE_RECORD, LANGUAGES } from './language.ts';
import { planRecord } from './otc-flash.ts';
import type { OtcPhase } from './otc-state.ts';
import { agreeToPairing, choosePin, confirmPin } from './pairing.ts';
import { tryPin, typeDigit } from './pin-entry.ts';
import { slotInPairing } from './vault.ts';
import type { OtcSetup, Work } from './work.ts';
import { change, emit, goHome, goTo, writeAndWait } from './work.ts';

/** Timers of the keypad. */
export const CLEAR_TIMER = 'otc.clear';

/** A phase in which digits are typed. */
type EntryPhase = Extract<OtcPhase, { readonly typed: string }>;

/** A key went down on a running token that asks nobody for the OK of a serial operation. */
export function onKeyDown(setup: OtcSetup, at: Work, key: Key): Work {
  const { phase } = at.state;
  if (key === 'scan') return canScan(phase) ? goTo(at, { tag: 'scanning' }) : at;
  if ('typed' in phase) return onEntryKey(setup, at, { phase, key });
  switch (phase.tag) {
    case 'language':
      return chooseLanguage(at, key);
    case 'boot':
      return goHome(at);
    case 'ready':
    case 'blocked':
      return key === 'menu' ? goTo(at, { tag: 'info' }) : at;
    case 'continue':
      return onContinueKey(at, key);
    case 'scanning':
      return key === 'clear' ? goHome(at) : at;
    case 'pin.wrong':
      return goTo(at, {
        tag: 'pin',
        purpose: phase.purpose,
        typed: isDigit(key) ? key : '',
      });
    case 'pin.again':
      return key === 'clear' || key === 'ok'
        ? goTo(at, { tag: 'pin.choose', opened: phase.opened, typed: '' })
        : at;
    case 'pair.intro':
      if (key === 'clear') return goHome(at);
      return key === 'ok' ? agreeToPairing(at, phase.opened) : at;
    case 'code10':
      if (key === 'ok') return goTo(at, { tag: 'scanning' });
      return key === 'clear' ? goHome(at) : at;
    case 'login':
      if (key === 'ok') return goTo(at, { tag: 'login.code', code: phase.code });
      return key === 'clear' ? goHome(at) : at;
    case 'code6':
    case 'login.code':
    case 'notice':
    case 'info':
      return key === 'ok' || key === 'clear' ? goHome(at) : at;
    default:
      return at;
  }
}

/** A key was let go: a short 'clear' deletes one digit. */
export function onKeyUp(at: Work, key: Key): Work {
  if (key !== 'clear' || !at.state.clearDown) return at;
  const { phase } = at.state;
  const up = emit(change(at, { clearDown: false }), { tag: 'timer.cancel', id: CLEAR_TIMER });
  return 'typed' in phase ? goTo(up, { ...phase, typed: phase.typed.slice(0, -1) }) : up;
}

/** 'clear' was held: everything typed goes. */
export function onClearHeld(at: Work): Work {
  const { phase, clearDown } = at.state;
  if (!clearDown) return at;
  const up = change(at, { clearDown: false });
  return 'typed' in phase ? goTo(up, { ...phase, typed: '' }) : up;
}

function onEntryKey(
  setup: OtcSetup,
  at: Work,
  pressed: { readonly phase: EntryPhase; readonly key: Key },
): Work {
  const { phase, key } = pressed;
  if (isDigit(key)) return goTo(at, { ...phase, typed: typeDigit(phase.typed, key) });
  if (key === 'clear') {
    // With nothing left to delete, 'clear' leaves the step.
    if (phase.typed === '') return goHome(at);
    const timer = { tag: 'timer.set', id: CLEAR_TIMER, afterMs: setup.profile.clearHoldMs } as const;
    return emit(change(at, { clearDown: true }), timer);
  }
  if (key === 'menu' && phase.tag === 'pin') return goTo(at, { tag: 'info' });
  return key === 'ok' ? submit(setup, at, phase) : at;
}

function submit(setup: OtcSetup, at: Work, phase: EntryPhase): Work {
  if (phase.typed.length !== PIN_DIGITS) return at;
  switch (phase.tag) {
    case 'pin':
      return tryPin(at, { pin: phase.typed, purpose: phase.purpose });
    case 'pin.choose':
      return choosePin(setup, at, phase);
    case 'pin.confirm':
      return confirmPin(setup, at, phase);
    default: {
      const unknown: never = phase;
      return unknown;
    }
  }
}

/** In the middle of choosing a PIN a new picture would silently replace the one that the person agreed to. */
function canScan(phase: OtcPhase): boolean {
  switch (phase.tag) {
    case 'wait':
    case 'language':
    case 'boot':
    case 'pair.intro':
    case 'pin.choose':
    case 'pin.confirm':
    case 'pin.again':
      return false;
    default:
      return true;
  }
}

function onContinueKey(at: Work, key: Key): Work {
  const pairing = slotInPairing(at.state.vault);
  if (key === 'ok' && pairing !== undefined) return goTo(at, { tag: 'code10', code: pairing.pending.code10 });
  if (key === 'clear') return goTo(at, { tag: 'ready' });
  return key === 'menu' ? goTo(at, { tag: 'info' }) : at;
}

function chooseLanguage(at: Work, key: Key): Work {
  const language = isDigit(key) ? LANGUAGES[Number(key) - 1] : undefined;
  if (language === undefined) return at;
  const planned = planRecord(at.state.board, { name: LANGUAGE_RECORD, body: encodeLanguage(language) });
  return writeAndWait(change(at, { language }), planned, { tag: 'booted' });
}

function isDigit(key: Key): boolean {
  return /^[0-9]$/.test(key);
}
