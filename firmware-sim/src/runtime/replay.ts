import type { Result } from '@chiavetta/protocol/bytes';
import { err, fromHex, ok } from '@chiavetta/protocol/bytes';
import type { DeviceEvent, Key } from '../core/device.ts';
import type { Firmware } from './firmware.ts';
import { dataHash } from './state-hash.ts';
import type { SecretReference, TracedEvent, TraceLine, TraceSecrets } from './trace.ts';

/** Why a trace does not replay. */
export type ReplayError =
  /** The first step at which the firmware does something else than the trace says. */
  | { readonly code: 'diverged'; readonly firstDivergingStep: number; readonly what: 'effects' | 'state' }
  | { readonly code: 'missing_secret'; readonly step: number; readonly secret: string }
  | { readonly code: 'bad_line'; readonly lineIndex: number }
  | { readonly code: 'no_device' };

type StepLine = Extract<TraceLine, { readonly step: number }>;

const KEYS: ReadonlySet<string> = new Set<Key>([
  'button',
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
]);

/** How a replay ended. */
export type ReplayResult = Result<{ readonly steps: number }, ReplayError>;

/**
 * Feeds the events of a trace to a firmware and compares each step with what the trace says of it. Total. Gives the number
 * of each step before it runs, so that whoever drives it can pause or stop in between.
 */
export function* replaySteps<State>(
  firmware: Firmware<State>,
  lines: readonly TraceLine[],
  secrets: TraceSecrets,
): Generator<number, ReplayResult> {
  let state = firmware.off();
  let steps = 0;
  for (const [lineIndex, line] of lines.entries()) {
    if (!('step' in line)) continue;
    steps += 1;
    yield steps;
    if (line.step !== steps) return err({ code: 'bad_line', lineIndex });
    const event = eventOf(line, secrets);
    if (!event.ok) return event;
    // The cut itself is no event: firmware does not see it. What is left of it stands in the flash of the next power-on.
    if (event.value.tag === 'power.on') state = firmware.off();
    const step = firmware.step(state, event.value);
    state = step.state;
    if (dataHash(step.effects) !== line.effects) {
      return err({ code: 'diverged', firstDivergingStep: line.step, what: 'effects' });
    }
    if (dataHash(state) !== line.state) {
      return err({ code: 'diverged', firstDivergingStep: line.step, what: 'state' });
    }
  }
  return ok({ steps });
}

function eventOf(line: StepLine, secrets: TraceSecrets): Result<DeviceEvent, ReplayError> {
  const { event } = line;
  switch (event.tag) {
    case 'power.on': {
      const nvm = secretBytes(line, event.nvm, secrets);
      const element = secretBytes(line, event.element, secrets);
      const entropy = secretBytes(line, event.entropy, secrets);
      if (!nvm.ok) return nvm;
      if (!element.ok) return element;
      if (!entropy.ok) return entropy;
      const { tag, nowMs } = event;
      return ok({ tag, nvm: nvm.value, element: element.value, entropy: entropy.value, nowMs });
    }
    case 'key.down':
    case 'key.up':
      return keyEvent(line, event, secrets);
    case 'camera.payload': {
      const payload = fromHex(event.payload);
      return payload.ok
        ? ok({ tag: event.tag, payload: payload.value })
        : err({ code: 'bad_line', lineIndex: line.step });
    }
    case 'uart.rx': {
      const bytes = fromHex(event.bytes);
      return bytes.ok
        ? ok({ tag: event.tag, bytes: bytes.value })
        : err({ code: 'bad_line', lineIndex: line.step });
    }
    default:
      return ok(event);
  }
}

function keyEvent(
  line: StepLine,
  event: Extract<TracedEvent, { readonly tag: 'key.down' | 'key.up' }>,
  secrets: TraceSecrets,
): Result<DeviceEvent, ReplayError> {
  const key = typeof event.key === 'string' ? event.key : secrets[event.key.secret];
  if (key === undefined && typeof event.key !== 'string') {
    return err({ code: 'missing_secret', step: line.step, secret: event.key.secret });
  }
  return isKey(key) ? ok({ tag: event.tag, key }) : err({ code: 'bad_line', lineIndex: line.step });
}

function secretBytes(
  line: StepLine,
  reference: SecretReference,
  secrets: TraceSecrets,
): Result<Uint8Array, ReplayError> {
  const text = secrets[reference.secret];
  const bytes = text === undefined ? undefined : fromHex(text);
  if (bytes?.ok) return bytes;
  return err({ code: 'missing_secret', step: line.step, secret: reference.secret });
}

function isKey(key: string | undefined): key is Key {
  return key !== undefined && KEYS.has(key);
}
