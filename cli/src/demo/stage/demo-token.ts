import type { ControlClient, ControlResult } from '@chiavetta/firmware-sim/adapters/control';
import { check } from '../check.ts';
import type { DemoChild } from './child-process.ts';

/** What a token's display shows. */
export type Shown = {
  readonly id: string;
  readonly fields: Readonly<Record<string, string | number>>;
  readonly lines: readonly string[];
};

/** A virtual token in a process of its own, in somebody's hand. */
export interface DemoToken {
  readonly name: string;
  readonly serial: string;
  readonly pid: number;
  /** The serial line that a host opens; stays the same over unplugging. */
  readonly linkPath: string;
  readonly press: (key?: string, holdMs?: number) => Promise<Shown>;
  /** Types digits on the keypad and confirms them. */
  readonly type: (digits: string) => Promise<Shown>;
  /** Presses the camera key and holds the camera before a picture file. */
  readonly scan: (pngFile: string) => Promise<Shown>;
  readonly look: () => Promise<Shown>;
  /** Switched off: the display dark, what is only in RAM gone. */
  readonly switchOff: () => Promise<void>;
  readonly unplug: () => Promise<void>;
  readonly plug: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const POWER_HOLD_MS = 2_500;

/** Wraps a running token process and its control socket. */
export function demoToken(running: {
  readonly name: string;
  readonly child: DemoChild;
  readonly control: ControlClient;
  readonly info: ControlResult['info'];
}): DemoToken {
  const { name, child, control, info } = running;
  const call = async (
    method: Parameters<ControlClient['call']>[0],
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Shown> => {
    const { screen, lines } = await control.call(method, params);
    return { id: screen.id, fields: screen.fields, lines };
  };
  return {
    name,
    serial: info.serial,
    pid: info.pid,
    linkPath: info.linkPath,
    press: (key, holdMs) =>
      call('press', { ...(key === undefined ? {} : { key }), ...(holdMs === undefined ? {} : { holdMs }) }),
    type: async (digits) => {
      await call('type', { digits });
      return call('press', { key: 'ok' });
    },
    scan: async (path) => {
      await call('press', { key: 'scan' });
      return call('scan', { path });
    },
    look: () => call('screen'),
    switchOff: async () => {
      if ((await call('screen')).id !== 'off') await call('press', { key: 'power', holdMs: POWER_HOLD_MS });
    },
    unplug: async () => {
      await call('unplug');
    },
    plug: async () => {
      await call('plug');
    },
    stop: async () => {
      control.close();
      await child.stop();
    },
  };
}

/** Presses a fob's button until it shows a code that it did not show before, and reads it. */
export async function nextFobCode(fob: DemoToken): Promise<string> {
  if ((await fob.look()).id !== 'fob.dark') await fob.press();
  const shown = await fob.press();
  check(shown.id === 'fob.code', `the fob shows a code when its button is pressed, not ${shown.id}`);
  return String(shown.fields['code']);
}

/** Presses a fob's button so many times with nobody looking. */
export async function pressIdly(fob: DemoToken, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await nextFobCode(fob);
}

/** Holds the power key until an OTC token is on; chooses English where it asks, and lets the version pass. */
export async function switchOn(otc: DemoToken): Promise<Shown> {
  let shown = await otc.look();
  if (shown.id === 'off') shown = await otc.press('power', POWER_HOLD_MS);
  if (shown.id === 'otc.language') shown = await otc.press('2');
  if (shown.id === 'otc.boot') shown = await otc.press('ok');
  return shown;
}

/** Like a person who comes back to the token later: off and on again. */
export async function restart(otc: DemoToken): Promise<Shown> {
  await otc.switchOff();
  return switchOn(otc);
}

/** The code on the display, once the text of a login is confirmed. */
export async function loginCode(otc: DemoToken): Promise<string> {
  let shown = await otc.look();
  check(shown.id === 'otc.login', `the token shows what the login is for, not ${shown.id}`);
  shown = await otc.press('ok');
  check(shown.id === 'otc.login.code', `the token shows a code, not ${shown.id}`);
  return String(shown.fields['code']);
}
