import type { RgbaFrame } from '@chiavetta/protocol/ports';
import type { BatteryLevel, Key } from '../../core/device.ts';
import type { VirtualToken } from '../../runtime/index.ts';
import type { ControlRequest } from './control-protocol.ts';
import { ControlError } from './control-protocol.ts';
import { readPictureFile } from './picture-file.ts';

type Params = Readonly<Record<string, unknown>>;

const FOB_KEYS: readonly Key[] = ['button'];
const OTC_KEYS: readonly Key[] = [
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  'ok',
  'clear',
  'power',
  'scan',
  'menu',
];
const BATTERY_LEVELS: readonly BatteryLevel[] = ['good', 'low', 'brownout'];
const POWER = ['on', 'off', 'cut', 'battery'] as const;

const HOLD_MS_MAX = 600_000;
const ADVANCE_MS_MAX = 10 * 366 * 86_400_000;

/**
 * Checks a request completely and returns what it does to the token; nothing has happened until that is called.
 *
 * @throws ControlError BAD_PARAMS, FILE_NOT_FOUND or PICTURE_UNREADABLE.
 */
export async function actOn(token: VirtualToken, request: ControlRequest): Promise<() => unknown> {
  const { method, params } = request;
  switch (method) {
    case 'press': {
      const key = keyParam(params, token.kind);
      const hold = holdParam(params);
      return () => token.press(key, hold);
    }
    case 'type': {
      const digits = digitsParam(params);
      return () => token.type(digits);
    }
    case 'scan': {
      const frame = await pictureParam(params);
      return () => token.scan({ frame });
    }
    case 'advance': {
      const ms = advanceParam(params);
      return () => token.advance(ms);
    }
    case 'power': {
      const what = powerParam(params);
      return () => token.power(what);
    }
    case 'battery': {
      const level = batteryParam(params);
      return () => token.battery(level);
    }
    default:
      return () => undefined;
  }
}

/** The key to press; a fob has only its button, which is the default there. */
function keyParam(params: Params, kind: 'fob' | 'otc'): Key {
  const keys = kind === 'fob' ? FOB_KEYS : OTC_KEYS;
  const wanted = params['key'] ?? (kind === 'fob' ? 'button' : undefined);
  return chosen('key', wanted, keys);
}

/** How long the key is held, milliseconds. */
function holdParam(params: Params): { readonly holdMs?: number } {
  if (params['holdMs'] === undefined) return {};
  return { holdMs: wholeNumber('holdMs', params['holdMs'], HOLD_MS_MAX) };
}

/** Digits to type. */
function digitsParam(params: Params): string {
  const { digits } = { digits: undefined, ...params };
  if (typeof digits !== 'string' || !/^[0-9]{1,32}$/.test(digits)) {
    throw new ControlError('BAD_PARAMS', '"digits" is a text of 1 to 32 digits.');
  }
  return digits;
}

/** How far virtual time goes on, milliseconds. */
function advanceParam(params: Params): number {
  return wholeNumber('ms', params['ms'], ADVANCE_MS_MAX);
}

/** What happens to the power. */
function powerParam(params: Params): (typeof POWER)[number] {
  return chosen('what', params['what'], POWER);
}

/** How full the battery is. */
function batteryParam(params: Params): BatteryLevel {
  return chosen('level', params['level'], BATTERY_LEVELS);
}

/** Reads the picture that the camera is to see: the token's process opens the file itself. */
async function pictureParam(params: Params): Promise<RgbaFrame> {
  const { path } = { path: undefined, ...params };
  if (typeof path !== 'string' || path === '') {
    throw new ControlError('BAD_PARAMS', '"path" is the path of a PNG file.');
  }
  return await readPictureFile(path);
}

function chosen<T extends string>(name: string, value: unknown, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) throw new ControlError('BAD_PARAMS', `"${name}" is one of: ${known.join(', ')}.`);
  return found;
}

function wholeNumber(name: string, value: unknown, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
    throw new ControlError('BAD_PARAMS', `"${name}" is a whole number of milliseconds from 0 to ${max}.`);
  }
  return value;
}
