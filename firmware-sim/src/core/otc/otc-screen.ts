import { assertNever } from '@chiavetta/protocol/bytes';
import { formatSerial } from '@chiavetta/protocol/keys';
import type { OtcProfile } from '../../profiles/otc.ts';
import type { Screen } from '../device.ts';
import { SCREEN_OFF } from '../device.ts';
import { serialAsking } from '../serial/index.ts';
import type { OtcOn, OtcPhase, OtcState } from './otc-state.ts';

/** What the token shows now. A PIN is never part of a screen, only how many digits of it were typed. */
export function otcScreen(profile: OtcProfile, state: OtcState): Screen {
  if (state.tag === 'off') return SCREEN_OFF;
  if (state.tag === 'damaged') return { id: 'otc.damaged', fields: {} };
  if (state.stopping) return SCREEN_OFF;
  const asking = serialAsking(state.serial);
  if (asking !== undefined) return asking;
  const screen = phaseScreen(profile, state);
  return { ...screen, id: `otc.${screen.id}` };
}

function phaseScreen(profile: OtcProfile, state: OtcOn): Screen {
  const { phase } = state;
  switch (phase.tag) {
    case 'wait':
    case 'language':
    case 'ready':
    case 'continue':
    case 'scanning':
      return { id: phase.tag, fields: {} };
    case 'boot':
      return { id: 'boot', fields: { firmware: profile.firmwareText, battery: state.battery } };
    case 'blocked':
      return { id: 'blocked', fields: { lockCode: state.tries.lockCode ?? '' } };
    case 'info':
      return {
        id: 'info',
        fields: {
          serial: formatSerial(state.serialNumber),
          firmware: profile.firmwareText,
          battery: state.battery,
          slots: state.vault.slots.length,
        },
      };
    case 'notice':
      return phase.screen;
    case 'pin':
      return { id: 'pin', fields: { typed: phase.typed.length, reason: phase.purpose.tag } };
    case 'pin.wrong':
      return { id: 'pin.wrong', fields: { left: phase.left } };
    case 'pin.choose':
    case 'pin.confirm':
      return { id: phase.tag, fields: { typed: phase.typed.length } };
    case 'pin.again':
      return { id: `pin.${phase.why}`, fields: {} };
    case 'pair.intro':
      return {
        id: 'pair.intro',
        fields: {
          label: phase.opened.content.label,
          serial: formatSerial(state.serialNumber),
          pin: phase.opened.content.policy.mode === 'new_pin' ? 'new' : 'keep',
        },
      };
    case 'code10':
      return { id: 'pair.code', fields: { code: phase.code } };
    case 'code6':
      return { id: 'pair.finish', fields: { code: phase.code } };
    case 'login':
      return { id: 'login', fields: { label: phase.label, text: phase.text } };
    case 'login.code':
      return { id: 'login.code', fields: { code: phase.code } };
    default:
      return assertNever(phase);
  }
}

/**
 * Whether a person is busy: a code is on the display, or typed steps wait. Auto-off then waits as long as what is
 * shown can still be used.
 */
export function isBusy(state: OtcOn): boolean {
  return serialAsking(state.serial) !== undefined || isBusyPhase(state.phase);
}

function isBusyPhase(phase: OtcPhase): boolean {
  switch (phase.tag) {
    case 'pin':
      return phase.typed !== '' || phase.purpose.tag !== 'unlock';
    case 'pin.wrong':
      return phase.purpose.tag !== 'unlock';
    case 'pin.choose':
    case 'pin.confirm':
    case 'pin.again':
    case 'pair.intro':
    case 'code10':
    case 'code6':
    case 'login':
    case 'login.code':
    case 'wait':
      return true;
    default:
      return false;
  }
}
