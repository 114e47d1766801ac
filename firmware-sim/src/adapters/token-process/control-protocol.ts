import type { Screen } from '../../core/device.ts';

/** What can be asked of a running token over its socket. */
export const CONTROL_METHODS = [
  'press',
  'type',
  'scan',
  'screen',
  'advance',
  'power',
  'battery',
  'info',
  'unplug',
  'plug',
  'stop',
] as const;

/** One of `CONTROL_METHODS`. */
export type ControlMethod = (typeof CONTROL_METHODS)[number];

/** A request, one line of JSON. */
export type ControlRequest = {
  readonly id: number;
  readonly method: ControlMethod;
  readonly params: Readonly<Record<string, unknown>>;
};

/** What a running token is and where its line is. */
export type TokenInfo = {
  readonly name: string;
  readonly serial: string;
  readonly kind: 'fob' | 'otc';
  readonly profile: string;
  readonly pid: number;
  /** The link that stays the same over unplugging; absent while unplugged. */
  readonly linkPath: string;
  readonly ptyPath: string | undefined;
};

/** What a request that was carried out answers. */
export type ControlResult = {
  readonly screen: Screen;
  /** The screen in words, as its display shows it. */
  readonly lines: readonly string[];
  readonly step: number;
  readonly nowMs: number;
  readonly info: TokenInfo;
  /** Why a key or a picture had no effect, or not all of it; absent where the firmware heard it. */
  readonly unheard?: 'off' | 'busy';
};

/** Why a request was not carried out. */
export type ControlErrorId =
  | 'BAD_REQUEST'
  | 'UNKNOWN_METHOD'
  | 'BAD_PARAMS'
  | 'FILE_NOT_FOUND'
  | 'PICTURE_UNREADABLE'
  | 'FAILED';

/** An answer, one line of JSON. */
export type ControlResponse =
  | { readonly id: number; readonly result: ControlResult }
  | { readonly id: number; readonly error: { readonly id: ControlErrorId; readonly message: string } };

/** What the side that asks may find by itself: nobody is there, or somebody is and does not answer in time. */
export type ControlClientErrorId = 'NOT_RUNNING' | 'NO_ANSWER';

/** A request was refused by the token's process, or nobody answers at the socket. */
export class ControlError extends Error {
  override readonly name: string = 'ControlError';
  readonly code: ControlErrorId | ControlClientErrorId;

  constructor(code: ControlErrorId | ControlClientErrorId, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Longest line on the socket, characters. */
const CONTROL_LINE_MAX: number = 64 * 1_024;

/** Cuts a stream of text into lines, bounded: a line that grows past the limit ends the connection. */
export function lineSplitter(onLine: (line: string) => void, onTooLong: () => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      onLine(line);
    }
    if (rest.length > CONTROL_LINE_MAX) {
      rest = '';
      onTooLong();
    }
  };
}

/** Text as a JSON object, or `undefined`. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
