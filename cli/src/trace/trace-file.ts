import { readFileSync } from 'node:fs';
import type { TraceLine, TraceSecrets } from '@chiavetta/firmware-sim/runtime';
import { TRACE_VERSION } from '@chiavetta/firmware-sim/runtime';
import { Failure } from '../output/failure.ts';

/** The lines of a trace. A trace of a newer program is refused with both versions named. */
export function readTraceFile(path: string): readonly TraceLine[] {
  return jsonLines(path).map((value, index) => {
    const { v } = { v: undefined, ...asObject(value) };
    if (typeof v === 'number' && v > TRACE_VERSION) {
      const reason = `it has version ${v}, this program knows ${TRACE_VERSION}`;
      throw new Failure('FILE_UNREADABLE', { path, reason });
    }
    if (!isTraceLine(value)) throw notATrace(path, index);
    return value;
  });
}

/** The values behind its references. */
export function readTraceSecrets(path: string): TraceSecrets {
  const pairs = jsonLines(path).map((value, index) => {
    const { name, value: secret } = { name: undefined, value: undefined, ...asObject(value) };
    if (typeof name !== 'string' || typeof secret !== 'string') throw notATrace(path, index);
    return [name, secret] as const;
  });
  return Object.fromEntries(pairs);
}

function jsonLines(path: string): readonly unknown[] {
  return text(path)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      try {
        return JSON.parse(line);
      } catch {
        throw notATrace(path, index);
      }
    });
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOENT') throw new Failure('FILE_NOT_FOUND', { path }, { cause });
    throw new Failure('FILE_UNREADABLE', { path, reason: code }, { cause });
  }
}

/** What replaying relies on: the device of line 1, and of a step its number, event and digests. */
function isTraceLine(value: unknown): value is TraceLine {
  const { kind, profile, serial, step, event, effects, state } = {
    ...{ kind: undefined, profile: undefined, serial: undefined, step: undefined },
    ...{ event: undefined, effects: undefined, state: undefined },
    ...asObject(value),
  };
  if (step === undefined) return isText(kind) && isText(profile) && isText(serial);
  return typeof step === 'number' && isText(effects) && isText(state) && isTracedEvent(event);
}

/** The fields that each kind of event carries; a value of another type would be a bad line. */
function isTracedEvent(value: unknown): boolean {
  const fields = asObject(value);
  if (!isText(fields['tag'])) return false;
  switch (fields['tag']) {
    case 'power.on':
      return ['nvm', 'element', 'entropy'].every((name) => isReference(fields[name]));
    case 'key.down':
    case 'key.up':
      return isText(fields['key']) || isReference(fields['key']);
    case 'camera.payload':
      return isText(fields['payload']);
    case 'uart.rx':
      return isText(fields['bytes']);
    default:
      return true;
  }
}

function isReference(value: unknown): boolean {
  return isText(asObject(value)['secret']);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function notATrace(path: string, index: number): Failure {
  return new Failure('FILE_UNREADABLE', { path, reason: `line ${index + 1} is no line of a trace` });
}
