import { assert, assertNever } from '@chiavetta/protocol/bytes';
import { formatSerial, readCertificate } from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { FobProfile } from '../../profiles/fob.ts';
import { boardStart } from '../board.ts';
import type { DeviceEvent, Effect, Screen, Step } from '../device.ts';
import { SCREEN_OFF } from '../device.ts';
import { readIdentity } from '../identity-record.ts';
import { planRepair } from '../records/index.ts';
import type { SerialSetup, SerialStep, SerialWrite } from '../serial/index.ts';
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
import type { WriteJob } from '../write-queue.ts';
import { enqueueWrite, isWriting, WRITE_QUEUE_EMPTY, writeDone } from '../write-queue.ts';
import { codeAtCounter, codeAtTime } from './fob-code.ts';
import { FOB_FLASH, planCounter, readCounter, readSeed, readSeedInfo } from './fob-records.ts';
import { fobSerialDevice } from './fob-serial.ts';
import type { FobFace, FobOn, FobState, FobThen } from './fob-state.ts';

/** A fob's firmware: its step function over plain data. */
export type FobFirmware = {
  readonly step: (state: FobState, event: DeviceEvent) => Step<FobState>;
};

type Setup = SerialSetup<FobOn> & { readonly profile: FobProfile };
type On = { readonly fob: FobOn; readonly effects: readonly Effect[] };

const TIMERS = { hold: 'fob.hold', dark: 'fob.dark' } as const;

/**
 * The firmware of one fob model. The states and what each event does to them: docs/spec/devices.md, "Key fob".
 */
export function fobFirmware(options: { readonly crypto: Crypto; readonly profile: FobProfile }): FobFirmware {
  const setup: Setup = { ...options, hooks: fobSerialDevice(options.crypto, options.profile) };
  return {
    step: (state, event) => {
      const stepped = stepState(setup, state, event);
      const before = fobScreen(state);
      const after = fobScreen(stepped.state);
      // The display follows the state: there is no way to change one and forget the other.
      if (isSameScreen(before, after)) return stepped;
      return { ...stepped, effects: [...stepped.effects, { tag: 'display', screen: after }] };
    },
  };
}

/** What the display of a fob in this state shows. */
function fobScreen(state: FobState): Screen {
  if (state.tag === 'off') return SCREEN_OFF;
  if (state.tag === 'fault') return { id: 'fob.fault', fields: {} };
  const asking = serialAsking(state.serial);
  if (asking !== undefined) return asking;
  const { face } = state;
  const battery = state.battery === 'good' ? {} : { battery: state.battery };
  switch (face.tag) {
    case 'dark':
      return { id: 'fob.dark', fields: {} };
    case 'code':
      return { id: 'fob.code', fields: { code: face.code, ...battery } };
    case 'menu':
      return { id: 'fob.menu', fields: face.fields };
    case 'no-seed':
    case 'battery-empty':
      return { id: `fob.${face.tag}`, fields: battery };
    default:
      return assertNever(face);
  }
}

function stepState(setup: Setup, state: FobState, event: DeviceEvent): Step<FobState> {
  if (event.tag === 'power.on') return powerOn(setup, event);
  if (state.tag !== 'on') return { state, effects: [] };
  const { fob, effects } = stepOn(setup, state, event);
  return { state: fob, effects };
}

function powerOn(setup: Setup, event: Extract<DeviceEvent, { readonly tag: 'power.on' }>): Step<FobState> {
  const { crypto, profile } = setup;
  const board = boardStart(crypto, FOB_FLASH, event);
  const identity = readIdentity(crypto, FOB_FLASH, board);
  const seed = readSeedInfo(board);
  const isWhole =
    identity !== undefined &&
    readCertificate(identity.certificate).ok &&
    readTransaction(board) !== undefined &&
    seed !== undefined;
  if (!isWhole) return { state: { tag: 'fault' }, effects: [] };
  const repair = planRepair(FOB_FLASH, board.book);
  const fob: FobOn = {
    tag: 'on',
    board: { ...board, book: repair.book },
    serial: serialStart(profile.frameLimitBytes),
    writes: WRITE_QUEUE_EMPTY,
    identity,
    ready: false,
    battery: 'good',
    face: { tag: 'dark' },
    button: { tag: 'up' },
    clockFor: 'none',
  };
  const recovered = serialRecover(setup, fob);
  const { board: recoveredBoard } = recovered.device;
  const seedEpoch = setup.hooks.appliedEpoch(recovered.device);
  // Without its counter a fob would have to begin at a value that it already showed.
  if (readCounter(recoveredBoard, seedEpoch) === undefined) return { state: { tag: 'fault' }, effects: [] };
  const ops = [...repair.ops, ...recovered.ops];
  const started = write(setup, recovered.device, { ops, next: { tag: 'ready' } });
  return { state: started.fob, effects: started.effects };
}

function stepOn(setup: Setup, fob: FobOn, event: DeviceEvent): On {
  switch (event.tag) {
    case 'nvm.done': {
      const done = writeDone(fob.writes, event.id);
      return resumeAll(setup, { fob: { ...fob, writes: done.queue }, effects: done.effects }, done.finished);
    }
    case 'battery':
      return { fob: { ...fob, battery: event.level }, effects: [] };
    case 'key.down':
      return fob.ready ? press(setup, fob) : still(fob);
    case 'key.up':
      return release(setup, fob);
    case 'timer':
      return onTimer(setup, fob, event.id);
    case 'rtc':
      return onClock(setup, fob, event.unixS);
    case 'uart.rx':
      return fob.ready ? onSerial(setup, serialReceive(setup, fob, event.bytes)) : still(fob);
    default:
      return still(fob);
  }
}

function press(setup: Setup, fob: FobOn): On {
  if (fob.button.tag !== 'up' || isWriting(fob.writes)) return still(fob);
  const isAsking = serialAsking(fob.serial) !== undefined;
  // A press while something shows turns it off and does nothing else, however long it lasts.
  if (!isAsking && fob.face.tag !== 'dark') return darken({ ...fob, button: { tag: 'spent' } });
  const held: Effect = { tag: 'timer.set', id: TIMERS.hold, afterMs: setup.profile.menuHoldMs };
  return { fob: { ...fob, button: { tag: 'armed' } }, effects: [held] };
}

function release(setup: Setup, fob: FobOn): On {
  const { button } = fob;
  const up: FobOn = { ...fob, button: { tag: 'up' } };
  const quiet: Effect = { tag: 'timer.cancel', id: TIMERS.hold };
  if (button.tag !== 'armed') return still(up);
  if (serialAsking(fob.serial) !== undefined) {
    return withEffects([quiet], onSerial(setup, serialAnswer(setup, up, 'ok')));
  }
  return withEffects([quiet], startCode(setup, up));
}

function onTimer(setup: Setup, fob: FobOn, id: string): On {
  if (id === TIMERS.dark) return darken(fob);
  if (id !== TIMERS.hold) return onSerial(setup, serialTimer(setup, fob, id));
  if (fob.button.tag !== 'armed') return still(fob);
  const spent: FobOn = { ...fob, button: { tag: 'spent' } };
  if (serialAsking(fob.serial) !== undefined) return onSerial(setup, serialAnswer(setup, spent, 'refused'));
  if (setup.profile.mode === 'totp') {
    return { fob: { ...spent, clockFor: 'menu' }, effects: [{ tag: 'rtc.read' }] };
  }
  return light(setup, spent, menuFace(spent, undefined));
}

/** A short press: an event-based fob first makes the next counter durable, a time-based one asks its clock. */
function startCode(setup: Setup, fob: FobOn): On {
  const seed = readSeedInfo(fob.board);
  assert(seed !== undefined, 'a running fob has a seed record');
  if (seed.seedEpoch === 0) return light(setup, fob, { tag: 'no-seed' });
  if (fob.battery === 'brownout') return light(setup, fob, { tag: 'battery-empty' });
  if (setup.profile.mode === 'totp') {
    return { fob: { ...fob, clockFor: 'code' }, effects: [{ tag: 'rtc.read' }] };
  }
  const counter = readCounter(fob.board, seed.seedEpoch);
  assert(counter !== undefined, 'a running fob has the counter of its seed');
  const planned = planCounter(fob.board, { seedEpoch: seed.seedEpoch, counter: counter + 1n });
  return write(setup, { ...fob, board: planned.board }, { ops: planned.ops, next: { tag: 'show', counter } });
}

function onClock(setup: Setup, fob: FobOn, unixS: number): On {
  const { clockFor } = fob;
  const idle: FobOn = { ...fob, clockFor: 'none' };
  if (clockFor === 'menu') return light(setup, idle, menuFace(idle, unixS));
  const seed = readSeed(setup.crypto, fob.board);
  if (clockFor !== 'code' || seed === undefined) return still(idle);
  const code = codeAtTime(setup.crypto, seed, unixS);
  return light(setup, idle, { tag: 'code', code });
}

function resumeAll(setup: Setup, on: On, finished: readonly FobThen[]): On {
  let current = on;
  for (const then of finished) {
    const next = resume(setup, current.fob, then);
    current = { fob: next.fob, effects: [...current.effects, ...next.effects] };
  }
  return current;
}

function resume(setup: Setup, fob: FobOn, then: FobThen): On {
  switch (then.tag) {
    case 'ready':
      return still({ ...fob, ready: true });
    case 'show': {
      const seed = readSeed(setup.crypto, fob.board);
      if (seed === undefined) return still(fob);
      const code = codeAtCounter(setup.crypto, seed, then.counter);
      return light(setup, fob, { tag: 'code', code });
    }
    case 'serial':
      return onSerial(setup, serialResume(setup, fob, then.resume));
    default:
      return assertNever(then);
  }
}

function onSerial(setup: Setup, step: SerialStep<FobOn>): On {
  let current: On = { fob: step.device, effects: step.effects };
  for (const job of step.writes) {
    const next = write(setup, current.fob, serialJob(job));
    current = { fob: next.fob, effects: [...current.effects, ...next.effects] };
  }
  return current;
}

function serialJob(job: SerialWrite): WriteJob<FobThen> {
  return { ops: job.ops, next: { tag: 'serial', resume: job.next } };
}

function write(setup: Setup, fob: FobOn, job: WriteJob<FobThen>): On {
  const queued = enqueueWrite(fob.writes, job);
  const on = { fob: { ...fob, writes: queued.queue }, effects: queued.effects };
  return resumeAll(setup, on, queued.finished);
}

function light(setup: Setup, fob: FobOn, face: FobFace): On {
  const dark: Effect = { tag: 'timer.set', id: TIMERS.dark, afterMs: setup.profile.autoOffMs };
  return { fob: { ...fob, face }, effects: [dark] };
}

function darken(fob: FobOn): On {
  const effects: readonly Effect[] = [{ tag: 'timer.cancel', id: TIMERS.dark }];
  return { fob: { ...fob, face: { tag: 'dark' } }, effects };
}

function menuFace(fob: FobOn, unixS: number | undefined): FobFace {
  const certificate = readCertificate(fob.identity.certificate);
  assert(certificate.ok, 'the certificate was read at power-on');
  const { serial, notAfter } = certificate.value;
  const epoch = readSeedInfo(fob.board)?.seedEpoch ?? 0;
  const counter = readCounter(fob.board, epoch);
  const moving = unixS === undefined ? { counter: String(counter ?? 'unknown') } : { clockS: unixS };
  const fields = { serial: formatSerial(serial), battery: fob.battery, expiresS: notAfter, ...moving };
  return { tag: 'menu', fields };
}

function isSameScreen(left: Screen, right: Screen): boolean {
  return left.id === right.id && JSON.stringify(left.fields) === JSON.stringify(right.fields);
}

function withEffects(effects: readonly Effect[], on: On): On {
  return { ...on, effects: [...effects, ...on.effects] };
}

function still(fob: FobOn): On {
  return { fob, effects: [] };
}
