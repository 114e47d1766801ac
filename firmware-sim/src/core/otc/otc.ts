import { assert, assertNever } from '@chiavetta/protocol/bytes';
import { readCertificate } from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { OtcProfile } from '../../profiles/otc.ts';
import { OTC_PROFILE } from '../../profiles/otc.ts';
import { boardStart } from '../board.ts';
import type { DeviceEvent, Effect, Key, Screen, Step } from '../device.ts';
import { SCREEN_OFF } from '../device.ts';
import { readIdentity } from '../identity-record.ts';
import { planRepair } from '../records/index.ts';
import type { SerialSetup, SerialStep } from '../serial/index.ts';
import {
  readTransaction,
  serialAnswer,
  serialAsking,
  serialReceive,
  serialRecover,
  serialResume,
  serialStart,
  serialTimer,
} from '../serial/index.ts';
import { isWriting, WRITE_QUEUE_EMPTY, writeDone } from '../write-queue.ts';
import { CLEAR_TIMER, onClearHeld, onKeyDown, onKeyUp } from './keypad.ts';
import { readLanguage } from './language.ts';
import { OTC_FLASH, readVault } from './otc-flash.ts';
import { isBusy, otcScreen } from './otc-screen.ts';
import { otcSerialDevice } from './otc-serial.ts';
import type { OtcNext, OtcOn, OtcState, PinPurpose } from './otc-state.ts';
import { otcOff } from './otc-state.ts';
import { stagePairing } from './pairing.ts';
import { onPicture, openPicture } from './picture.ts';
import { blockToken, comparePin } from './pin-entry.ts';
import { readTries } from './pin-tries.ts';
import type { OtcSetup, Work } from './work.ts';
import { change, emit, goHome, goTo, lockAtRest, notice, withQueue, work, write } from './work.ts';

/** An OTC token's firmware: its step function over plain data. */
export type OtcFirmware = {
  readonly step: (state: OtcState, event: DeviceEvent) => Step<OtcState>;
};

type Setup = OtcSetup & SerialSetup<OtcOn>;

const TIMERS = { idle: 'otc.idle', camera: 'otc.camera', boot: 'otc.boot' } as const;
const RESUMED_IN_A_STEP_MAX = 64;

/** The firmware of one OTC model. The states and what each event does to them: docs/spec/devices.md, "OTC token". */
export function otcFirmware(options: { readonly crypto: Crypto; readonly profile: OtcProfile }): OtcFirmware {
  const setup: Setup = { ...options, hooks: otcSerialDevice(options.crypto, options.profile) };
  return {
    step: (state, event) => {
      const stepped = stepState(setup, state, event);
      const before = otcScreen(setup.profile, state);
      const after = otcScreen(setup.profile, stepped.state);
      // The display follows the state: there is no way to change one and forget the other.
      if (stepped.state.tag === 'off' || isSameScreen(before, after)) return stepped;
      return { ...stepped, effects: [...stepped.effects, { tag: 'display', screen: after }] };
    },
  };
}

/** One step of the OTC token of this project. */
export function stepOtc(state: OtcState, event: DeviceEvent): Step<OtcState> {
  return DEFAULT_FIRMWARE.step(state, event);
}

const DEFAULT_FIRMWARE: OtcFirmware = otcFirmware({ crypto: nobleCrypto, profile: OTC_PROFILE });

function stepState(setup: Setup, state: OtcState, event: DeviceEvent): Step<OtcState> {
  if (event.tag === 'power.on') return powerOn(setup, event);
  if (state.tag === 'off') return { state, effects: [] };
  const isPowerKey = event.tag === 'key.down' && event.key === 'power';
  const isBrownout = event.tag === 'battery' && event.level === 'brownout';
  if (state.tag === 'damaged') return isPowerKey ? poweredOff([]) : { state, effects: [] };
  // Below the voltage that flash needs nothing may be begun; two-copy records make this as safe as any power cut.
  if (isBrownout) return poweredOff([]);
  const begun = isPowerKey ? change(work(state), { stopping: true }) : onEvent(setup, work(state), event);
  return finish(setup, { before: state, event, at: resumeAll(setup, begun) });
}

function powerOn(setup: Setup, event: Extract<DeviceEvent, { readonly tag: 'power.on' }>): Step<OtcState> {
  const { crypto, profile } = setup;
  const board = boardStart(crypto, OTC_FLASH, event);
  const identity = readIdentity(crypto, OTC_FLASH, board);
  const certificate = identity === undefined ? undefined : readCertificate(identity.certificate);
  const vault = readVault(crypto, board);
  const isWhole = certificate?.ok && vault !== undefined && readTransaction(board) !== undefined;
  if (!isWhole || identity === undefined) return { state: { tag: 'damaged' }, effects: [] };
  const repair = planRepair(OTC_FLASH, board.book);
  const tries = readTries(board, vault.triesEpoch);
  const otc: OtcOn = {
    tag: 'on',
    board: { ...board, book: repair.book },
    serial: serialStart(profile.frameLimitBytes),
    identity,
    serialNumber: certificate.value.serial,
    vault,
    tries,
    language: readLanguage(board),
    battery: 'good',
    queue: WRITE_QUEUE_EMPTY,
    lock: lockAtRest({ vault, tries }),
    phase: { tag: 'wait' },
    ready: false,
    clearDown: false,
    stopping: false,
  };
  const recovered = serialRecover(setup, otc);
  const ops = [...repair.ops, ...recovered.ops];
  const begun = write(work(recovered.device), { ops, next: { tag: 'booted' } });
  return finish(setup, { before: otc, event, at: resumeAll(setup, begun) });
}

function onEvent(setup: Setup, at: Work, event: DeviceEvent): Work {
  if (event.tag === 'nvm.done') return withQueue(at, writeDone(at.state.queue, event.id));
  if (at.state.stopping) return at;
  switch (event.tag) {
    case 'key.down':
      return onKey(setup, at, event.key);
    case 'key.up':
      return onKeyUp(at, event.key);
    case 'camera.payload':
      return isAsking(at) ? at : onPicture(setup, at, event.payload);
    case 'camera.unreadable':
      return at.state.phase.tag === 'scanning' ? notice(at, 'picture.unreadable') : at;
    case 'battery':
      return change(at, { battery: event.level });
    case 'timer':
      return onTimer(setup, at, event.id);
    case 'uart.rx':
      return at.state.ready ? onSerial(at, serialReceive(setup, at.state, event.bytes)) : at;
    default:
      return at;
  }
}

function onKey(setup: Setup, at: Work, key: Key): Work {
  if (!isAsking(at)) return onKeyDown(setup, at, key);
  if (key === 'ok') return onSerial(at, serialAnswer(setup, at.state, 'ok'));
  return key === 'clear' ? onSerial(at, serialAnswer(setup, at.state, 'refused')) : at;
}

function onTimer(setup: Setup, at: Work, id: string): Work {
  switch (id) {
    case CLEAR_TIMER:
      return onClearHeld(at);
    case TIMERS.boot:
      return at.state.phase.tag === 'boot' ? goHome(at) : at;
    case TIMERS.camera:
      return at.state.phase.tag === 'scanning' ? notice(at, 'picture.none') : at;
    case TIMERS.idle:
      return change(at, { stopping: true });
    default:
      return onSerial(at, serialTimer(setup, at.state, id));
  }
}

function onSerial(at: Work, step: SerialStep<OtcOn>): Work {
  let next = emit({ ...at, state: step.device }, ...step.effects);
  for (const job of step.writes) {
    next = write(next, { ops: job.ops, next: { tag: 'serial', resume: job.next } });
  }
  return next;
}

function isAsking(at: Work): boolean {
  return serialAsking(at.state.serial) !== undefined;
}

/** Goes on with everything whose writes have ended, and with what that ends in turn. */
function resumeAll(setup: Setup, begun: Work): Work {
  let at = begun;
  for (let count = 0; ; count += 1) {
    const [next, ...rest] = at.due;
    if (next === undefined) return at;
    assert(count < RESUMED_IN_A_STEP_MAX, 'writes without operations end');
    at = resume(setup, { ...at, due: rest }, next);
  }
}

function resume(setup: Setup, at: Work, next: OtcNext): Work {
  switch (next.tag) {
    case 'booted':
      return boot(setup, at);
    case 'serial':
      return onSerial(at, serialResume(setup, at.state, next.resume));
    case 'show':
      return goTo(change(at, { lock: next.lock }), next.phase);
    case 'compare':
      return comparePin(setup, at, next);
    case 'unlocked':
      return goOn(setup, change(at, { lock: 'UNLOCKED' }), next.purpose);
    case 'home':
      return goHome(at);
    default:
      return assertNever(next);
  }
}

/** The records are whole: asks for the language until one is chosen, else shows the firmware version. */
function boot(setup: Setup, at: Work): Work {
  const { lock, tries, language } = at.state;
  // The power failed between the last try and its lock code: the code is made now, once for this block.
  if (lock === 'BLOCKED' && tries.lockCode === undefined) return blockToken(setup, at, { tag: 'booted' });
  const ready = change(at, { ready: true });
  if (language === undefined) return goTo(ready, { tag: 'language' });
  const timer: Effect = { tag: 'timer.set', id: TIMERS.boot, afterMs: setup.profile.bootMs };
  return emit(goTo(ready, { tag: 'boot' }), timer);
}

/** The PIN was right: what it was asked for. */
function goOn(setup: Setup, at: Work, purpose: PinPurpose): Work {
  switch (purpose.tag) {
    case 'unlock': {
      const home = goHome(at);
      return home.state.phase.tag === 'ready' ? goTo(home, { tag: 'scanning' }) : home;
    }
    case 'picture':
      return openPicture(setup, at, purpose.payload);
    case 'pair':
      return stagePairing(setup, at, purpose.opened);
    default:
      return assertNever(purpose);
  }
}

/** Lets camera and timers follow the state, as the display does, and ends a switch-off whose writes have ended. */
function finish(
  setup: Setup,
  done: { readonly before: OtcOn; readonly event: DeviceEvent; readonly at: Work },
): Step<OtcState> {
  const { before, at } = done;
  const { state, effects } = at;
  if (state.stopping) {
    return isWriting(state.queue) ? { state, effects } : poweredOff(effects);
  }
  const isMoved = state.phase !== before.phase;
  const derived = isMoved ? cameraEffects(setup, before, state) : [];
  const isTouched = ['key.down', 'uart.rx', 'camera.payload', 'camera.unreadable', 'power.on'].includes(
    done.event.tag,
  );
  const idle: Effect = {
    tag: 'timer.set',
    id: TIMERS.idle,
    afterMs: isBusy(state) ? setup.profile.busyOffMs : setup.profile.idleOffMs,
  };
  const isAskingChanged = isBusy(state) !== isBusy(before);
  const timers = isTouched || isMoved || isAskingChanged ? [idle] : [];
  return { state, effects: [...effects, ...derived, ...timers] };
}

function cameraEffects(setup: Setup, before: OtcOn, after: OtcOn): readonly Effect[] {
  const wasOn = before.phase.tag === 'scanning';
  const isOn = after.phase.tag === 'scanning';
  const timer: Effect = isOn
    ? { tag: 'timer.set', id: TIMERS.camera, afterMs: setup.profile.scanMs }
    : { tag: 'timer.cancel', id: TIMERS.camera };
  if (wasOn === isOn) return isOn ? [timer] : [];
  return [{ tag: 'camera', on: isOn }, timer];
}

function poweredOff(effects: readonly Effect[]): Step<OtcState> {
  return {
    state: otcOff(),
    effects: [...effects, { tag: 'display', screen: SCREEN_OFF }, { tag: 'power.off' }],
  };
}

function isSameScreen(left: Screen, right: Screen): boolean {
  return left.id === right.id && JSON.stringify(left.fields) === JSON.stringify(right.fields);
}
