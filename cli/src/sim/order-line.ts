import { resolve } from 'node:path';
import { durationMs } from './duration.ts';

/** What can be done to a running token, as it goes over its socket. */
export type Order = {
  readonly method:
    | 'press'
    | 'type'
    | 'scan'
    | 'screen'
    | 'advance'
    | 'power'
    | 'battery'
    | 'unplug'
    | 'plug'
    | 'info'
    | 'stop';
  readonly params: Readonly<Record<string, unknown>>;
};

/** A typed line: an order, digits that are still to be asked for without echo, nothing, the end, or a wrong line. */
export type OrderLine =
  | { readonly tag: 'order'; readonly order: Order }
  | { readonly tag: 'ask_digits' }
  | { readonly tag: 'empty' }
  | { readonly tag: 'help' }
  | { readonly tag: 'quit' }
  /** A sentence with what would have been right; the line itself may hold a PIN and is not repeated. */
  | { readonly tag: 'wrong'; readonly allowed: string };

/** Every order line, as the help shows it. */
export const ORDER_USAGES: Readonly<Record<string, string>> = {
  press: 'press KEY [HOLD]      button; ok clear scan power menu 0..9; HOLD as 2500 or 3s',
  type: 'type [DIGITS]         without digits they are asked for without echo',
  scan: 'scan FILE.png         shows the picture to the camera',
  screen: 'screen                what the display shows',
  advance: 'advance TIME          30s, 2m, 1h: lets its time go on',
  power: 'power on|off|cut|battery',
  battery: 'battery good|low|brownout',
  unplug: 'unplug                pulls the cable',
  plug: 'plug                  puts the cable in again',
  quit: 'quit                  stops the token; its memory is kept',
};

const TIME = 'a whole number of milliseconds, or a number with ms, s, m, h or d, like 30s';

/** What may stand after each verb, in a sentence. */
const ALLOWED: Readonly<Record<string, string>> = {
  press: `After "press" comes one key, and how long it is held if that matters: ${TIME}.`,
  type: 'After "type" come 1 to 32 digits and nothing else, or nothing.',
  scan: 'After "scan" comes the path of a PNG file.',
  screen: 'Nothing comes after "screen".',
  advance: `The time to advance is ${TIME}.`,
  power: 'The power can be on, off, cut or battery.',
  battery: 'The battery can be good, low or brownout.',
  unplug: 'Nothing comes after "unplug".',
  plug: 'Nothing comes after "plug".',
};
const ORDERS = `The orders are: ${Object.keys(ORDER_USAGES).join(', ')}.`;

/** Reads one typed line. Files are named as seen from the folder of this process. */
export function readOrderLine(line: string): OrderLine {
  const words = line.trim().split(/\s+/u);
  const [verb = '', first, second] = words;
  if (verb === '') return { tag: 'empty' };
  const wrong: OrderLine = {
    tag: 'wrong',
    allowed: Object.hasOwn(ALLOWED, verb) ? (ALLOWED[verb] ?? ORDERS) : ORDERS,
  };
  const plain = (method: Order['method']): OrderLine =>
    first === undefined ? { tag: 'order', order: { method, params: {} } } : wrong;
  switch (verb) {
    case 'quit':
    case 'exit':
      return { tag: 'quit' };
    case 'help':
      return { tag: 'help' };
    case 'press':
      return words.length > 3 ? wrong : pressLine(first, second, wrong);
    case 'type':
      if (first === undefined) return { tag: 'ask_digits' };
      return second === undefined && /^\d{1,32}$/u.test(first)
        ? { tag: 'order', order: { method: 'type', params: { digits: first } } }
        : wrong;
    case 'scan': {
      const path = line.trim().slice('scan'.length).trim();
      return path === '' ? wrong : { tag: 'order', order: scanOrder(path) };
    }
    case 'advance': {
      const ms = first === undefined || second !== undefined ? undefined : durationMs(first);
      return ms === undefined ? wrong : { tag: 'order', order: { method: 'advance', params: { ms } } };
    }
    case 'power':
      return chosen('power', 'what', { first, second, known: ['on', 'off', 'cut', 'battery'], wrong });
    case 'battery':
      return chosen('battery', 'level', { first, second, known: ['good', 'low', 'brownout'], wrong });
    case 'screen':
    case 'unplug':
    case 'plug':
      return plain(verb);
    default:
      return wrong;
  }
}

/** Showing a picture file; the token's own process opens it, so that the path must not depend on a folder. */
export function scanOrder(path: string): Order {
  return { method: 'scan', params: { path: resolve(path) } };
}

function pressLine(key: string | undefined, hold: string | undefined, wrong: OrderLine): OrderLine {
  const holdMs = hold === undefined ? undefined : durationMs(hold);
  if (hold !== undefined && holdMs === undefined) return wrong;
  const params = { ...(key === undefined ? {} : { key }), ...(holdMs === undefined ? {} : { holdMs }) };
  return { tag: 'order', order: { method: 'press', params } };
}

function chosen(
  method: 'power' | 'battery',
  name: string,
  { first, second, known, wrong }: Choice,
): OrderLine {
  if (first === undefined || second !== undefined || !known.includes(first)) return wrong;
  return { tag: 'order', order: { method, params: { [name]: first } } };
}

type Choice = {
  readonly first: string | undefined;
  readonly second: string | undefined;
  readonly known: readonly string[];
  readonly wrong: OrderLine;
};
