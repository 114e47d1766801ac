import { toHex } from '@chiavetta/protocol/bytes';
import type { DeviceEvent, Screen, Step } from '../core/device.ts';
import { dataHash } from './state-hash.ts';

/** The version in line 1 of a trace: counted up when an older program could not replay a newer one. */
export const TRACE_VERSION = 1 as const;

/** What stands in a trace instead of a secret: the name under which the secrets file has its value. */
export type SecretReference = { readonly secret: string };

/** An event as a trace tells it: bytes in hexadecimal, secrets by reference. */
export type TracedEvent =
  | {
      readonly tag: 'power.on';
      readonly nvm: SecretReference;
      readonly element: SecretReference;
      readonly entropy: SecretReference;
      readonly nowMs: number;
    }
  | { readonly tag: 'key.down' | 'key.up'; readonly key: string | SecretReference }
  | { readonly tag: 'camera.payload'; readonly payload: string }
  | { readonly tag: 'uart.rx'; readonly bytes: string }
  | Exclude<DeviceEvent, { readonly tag: 'power.on' | 'key.down' | 'key.up' | 'camera.payload' | 'uart.rx' }>;

/** One step of a token, as one line of NDJSON. Line 1 names the device; the steps follow. */
export type TraceLine =
  | {
      readonly v: typeof TRACE_VERSION;
      readonly kind: 'fob' | 'otc';
      readonly profile: string;
      readonly serial: string;
    }
  | {
      readonly step: number;
      readonly atMs: number;
      readonly event: TracedEvent;
      /** Hash over the effects of the step. */
      readonly effects: string;
      /** Hash over the whole state after the step. */
      readonly state: string;
      readonly screen: Screen;
    };

/** The values behind the references of a trace: hexadecimal for bytes, text for a key. Kept apart, mode 0600. */
export type TraceSecrets = Readonly<Record<string, string>>;

/** Takes down steps and keeps the secrets of their events apart. */
export interface TraceRecorder {
  readonly record: (
    event: DeviceEvent,
    step: Step<unknown>,
    now: { readonly atMs: number; readonly screen: Screen },
  ) => TraceLine;
  readonly secrets: () => TraceSecrets;
}

/** A recorder at step 0. `onSecret` hears each secret as it is met, for writing it to its own file. */
export function traceRecorder(onSecret?: (name: string, value: string) => void): TraceRecorder {
  const secrets: Record<string, string> = {};
  let step = 0;
  let secretCount = 0;

  function reference(value: string): SecretReference {
    secretCount += 1;
    const name = `s${secretCount}`;
    secrets[name] = value;
    onSecret?.(name, value);
    return { secret: name };
  }

  return {
    record: (event, { state, effects }, { atMs, screen }) => {
      step += 1;
      return {
        step,
        atMs,
        event: tracedEvent(event, reference),
        effects: dataHash(effects),
        state: dataHash(state),
        screen,
      };
    },
    secrets: () => ({ ...secrets }),
  };
}

function tracedEvent(event: DeviceEvent, reference: (value: string) => SecretReference): TracedEvent {
  switch (event.tag) {
    case 'power.on':
      return {
        tag: 'power.on',
        nvm: reference(toHex(event.nvm)),
        element: reference(toHex(event.element)),
        entropy: reference(toHex(event.entropy)),
        nowMs: event.nowMs,
      };
    case 'key.down':
    case 'key.up':
      // A digit may be one of a PIN.
      return { tag: event.tag, key: /^[0-9]$/.test(event.key) ? reference(event.key) : event.key };
    case 'camera.payload':
      return { tag: event.tag, payload: toHex(event.payload) };
    case 'uart.rx':
      return { tag: event.tag, bytes: toHex(event.bytes) };
    default:
      return event;
  }
}
