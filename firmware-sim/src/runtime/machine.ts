import { assert, assertNever } from '@chiavetta/protocol/bytes';
import type { BatteryLevel, DeviceEvent, Effect, Screen, Step } from '../core/device.ts';
import { SCREEN_OFF } from '../core/device.ts';
import type { NvmOp } from '../core/records/index.ts';
import type { FlashPart, Noise } from '../hardware/flash-part.ts';
import { operate, tear } from '../hardware/flash-part.ts';
import type { RealTimeClock } from '../hardware/real-time-clock.ts';
import { clockUnixS } from '../hardware/real-time-clock.ts';
import type { Firmware } from './firmware.ts';

/** Where the power goes: before, in the middle of, or right after one flash operation. */
export type CutMoment = 'before' | 'torn' | 'after';

/** What the machine tells its shell. */
export type MachineListeners<State> = {
  readonly onStep: (event: DeviceEvent, step: Step<State>, screen: Screen) => void;
  readonly onTransmit: (bytes: Uint8Array) => void;
  readonly onFlash: (image: Uint8Array) => void;
};

/** The hardware around one firmware: it carries out effects and turns them into events, until nothing is outstanding. */
export interface Machine {
  readonly feed: (event: DeviceEvent) => void;
  readonly advance: (ms: number) => void;
  /** RAM, timers and display are gone; the flash stays as it is. */
  readonly loseRam: () => void;
  readonly isOn: () => boolean;
  readonly isCameraOn: () => boolean;
  readonly nowMs: () => number;
  readonly screen: () => Screen;
  readonly flash: () => FlashPart;
  readonly setFlash: (part: FlashPart) => void;
  readonly opCount: () => number;
  readonly cutAt: (cut: { readonly opNumber: number; readonly moment: CutMoment } | undefined) => void;
  readonly setBattery: (level: BatteryLevel) => void;
}

const EVENTS_PER_CALL_MAX = 100_000;

/** Puts a firmware on hardware. Everything random comes from `noise`, everything about time from `advance`. */
export function machine<State>(job: {
  readonly firmware: Firmware<State>;
  readonly flash: FlashPart;
  readonly clock: RealTimeClock;
  readonly noise: Noise;
  readonly listeners: MachineListeners<State>;
}): Machine {
  const { firmware, clock, noise, listeners } = job;
  let state = firmware.off();
  let screen: Screen = SCREEN_OFF;
  let flash = job.flash;
  let isOn = false;
  let isCameraOn = false;
  let nowMs = 0;
  let opCount = 0;
  let battery: BatteryLevel = 'good';
  let cut: { readonly opNumber: number; readonly moment: CutMoment } | undefined;
  let queue: DeviceEvent[] = [];
  let timers: { readonly id: string; readonly dueMs: number }[] = [];

  function loseRam(): void {
    state = firmware.off();
    screen = SCREEN_OFF;
    isOn = false;
    isCameraOn = false;
    queue = [];
    timers = [];
  }

  function feed(event: DeviceEvent): void {
    queue.push(event);
    for (let count = 0; queue.length > 0; count += 1) {
      assert(count < EVENTS_PER_CALL_MAX, 'a device comes to rest');
      const next = queue.shift();
      if (next !== undefined) take(next);
    }
  }

  function take(event: DeviceEvent): void {
    if (event.tag === 'power.on') isOn = true;
    if (!isOn) return;
    const step = firmware.step(state, event);
    state = step.state;
    for (const effect of step.effects) {
      if (effect.tag === 'display') screen = effect.screen;
      if (effect.tag === 'power.off') screen = SCREEN_OFF;
    }
    listeners.onStep(event, step, screen);
    for (const effect of step.effects) {
      carryOut(effect);
      if (!isOn) return;
    }
  }

  function carryOut(effect: Effect): void {
    switch (effect.tag) {
      case 'display':
        return;
      case 'camera':
        isCameraOn = effect.on;
        return;
      case 'timer.set':
        timers = [
          ...timers.filter(({ id }) => id !== effect.id),
          { id: effect.id, dueMs: nowMs + effect.afterMs },
        ];
        return;
      case 'timer.cancel':
        timers = timers.filter(({ id }) => id !== effect.id);
        return;
      case 'nvm.program':
        writeFlash(effect.id, { tag: 'program', address: effect.address, bytes: effect.bytes });
        return;
      case 'nvm.erase':
        writeFlash(effect.id, { tag: 'erase', page: effect.page });
        return;
      case 'uart.tx':
        listeners.onTransmit(effect.bytes);
        return;
      case 'rtc.read':
        queue.push({ tag: 'rtc', unixS: clockUnixS(clock, nowMs) });
        return;
      case 'power.off':
        loseRam();
        return;
      default:
        assertNever(effect);
    }
  }

  function writeFlash(id: number, op: NvmOp): void {
    opCount += 1;
    // A voltage too low for writing takes the power away in the middle of the write.
    const moment = battery === 'brownout' ? 'torn' : cut?.opNumber === opCount ? cut.moment : undefined;
    if (moment !== 'before') flash = moment === 'torn' ? tear(flash, op, noise) : operate(flash, op);
    listeners.onFlash(flash.image);
    if (moment === undefined) {
      queue.push({ tag: 'nvm.done', id });
      return;
    }
    cut = undefined;
    loseRam();
  }

  function advance(ms: number): void {
    const untilMs = nowMs + ms;
    for (let count = 0; ; count += 1) {
      assert(count < EVENTS_PER_CALL_MAX, 'timers do not run for ever in one call');
      // The earliest is first; of two for the same moment the one that was set first.
      const due = timers.reduce<(typeof timers)[number] | undefined>(
        (best, timer) => (best === undefined || timer.dueMs < best.dueMs ? timer : best),
        undefined,
      );
      if (due === undefined || due.dueMs > untilMs) break;
      nowMs = due.dueMs;
      timers = timers.filter((timer) => timer !== due);
      feed({ tag: 'timer', id: due.id, nowMs });
    }
    nowMs = untilMs;
  }

  return {
    feed,
    advance,
    loseRam,
    isOn: () => isOn,
    isCameraOn: () => isCameraOn,
    nowMs: () => nowMs,
    screen: () => screen,
    flash: () => flash,
    setFlash: (part) => {
      flash = part;
    },
    opCount: () => opCount,
    cutAt: (next) => {
      cut = next;
    },
    setBattery: (level) => {
      battery = level;
      feed({ tag: 'battery', level });
    },
  };
}
