import type { Result } from '@chiavetta/protocol/bytes';
import { err, ok } from '@chiavetta/protocol/bytes';
import type { TracedEvent, TraceLine, TraceSecrets } from './trace.ts';

/** Why a text is not a trace, or not the secrets of one. Lines are counted from 1; none is quoted. */
export type TraceTextError = { readonly code: 'bad_line'; readonly lineNumber: number };

type Fields = Readonly<Record<string, unknown>>;

/** What each kind of event must have besides its tag. */
const EVENT_FIELDS: Readonly<
  Record<TracedEvent['tag'], Readonly<Record<string, (value: unknown) => boolean>>>
> = {
  'power.on': { nvm: isReference, element: isReference, entropy: isReference, nowMs: isNumber },
  'key.down': { key: isTextOrReference },
  'key.up': { key: isTextOrReference },
  timer: { id: isText, nowMs: isNumber },
  'camera.payload': { payload: isText },
  'camera.unreadable': { reason: isText },
  'uart.rx': { bytes: isText },
  'nvm.done': { id: isNumber },
  battery: { level: (value) => value === 'good' || value === 'low' || value === 'brownout' },
  rtc: { unixS: isNumber },
};

/** Reads the NDJSON of a trace. Total. */
export function readTraceText(text: string): Result<readonly TraceLine[], TraceTextError> {
  const lines: TraceLine[] = [];
  for (const [index, line] of nonEmptyLines(text)) {
    const value = parsed(line);
    if (!isTraceLine(value)) return err({ code: 'bad_line', lineNumber: index + 1 });
    lines.push(value);
  }
  return ok(lines);
}

/** Reads the NDJSON of a trace's secrets, `{name, value}` a line. Total. */
export function readTraceSecretsText(text: string): Result<TraceSecrets, TraceTextError> {
  const secrets = new Map<string, string>();
  for (const [index, line] of nonEmptyLines(text)) {
    const { name, value } = { name: undefined, value: undefined, ...fieldsOf(parsed(line)) };
    if (typeof name !== 'string' || typeof value !== 'string') {
      return err({ code: 'bad_line', lineNumber: index + 1 });
    }
    secrets.set(name, value);
  }
  return ok(Object.fromEntries(secrets));
}

function isTraceLine(value: unknown): value is TraceLine {
  const fields = fieldsOf(value);
  if (fields['step'] === undefined) {
    const { v, kind, profile, serial } = fields;
    return v === 1 && (kind === 'fob' || kind === 'otc') && isText(profile) && isText(serial);
  }
  const { step, atMs, event, effects, state, screen } = fields;
  const isWhole = isNumber(step) && isNumber(atMs) && isText(effects) && isText(state);
  return isWhole && isTracedEvent(event) && isText(fieldsOf(screen)['id']);
}

function isTracedEvent(value: unknown): value is TracedEvent {
  const fields = fieldsOf(value);
  const known = Object.entries(EVENT_FIELDS).find(([tag]) => tag === fields['tag']);
  if (known === undefined) return false;
  return Object.entries(known[1]).every(([name, isRight]) => isRight(fields[name]));
}

function isReference(value: unknown): boolean {
  return isText(fieldsOf(value)['secret']);
}

function isTextOrReference(value: unknown): boolean {
  return isText(value) || isReference(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function nonEmptyLines(text: string): readonly (readonly [number, string])[] {
  return [...text.split('\n').entries()].filter(([, line]) => line.trim() !== '');
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
