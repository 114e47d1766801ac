import type { Crypto } from '@chiavetta/protocol/ports';
import { sealTransport } from '@chiavetta/protocol/session';
import type { SessionMessage, TokenLinkEvent, TokenReply, WireErrorName } from '@chiavetta/protocol/wire';
import { encodeSessionMessage, WIRE_ERRORS } from '@chiavetta/protocol/wire';
import type { Effect } from '../device.ts';
import type { NvmOp } from '../records/index.ts';
import type { SerialCarrier, SerialDevice } from './operation.ts';
import type { SerialPhase, SerialThen } from './serial-state.ts';

/** Timers of the serial core; a device hands their events to `serialTimer`. */
export const SERIAL_TIMERS = { silence: 'serial.silence', ask: 'serial.ask' } as const;

/** How long a person is asked for OK, in milliseconds. */
export const SERIAL_ASK_MS = 120_000;

/** What everything here needs besides the device. */
export type SerialSetup<D extends SerialCarrier> = {
  readonly crypto: Crypto;
  readonly hooks: SerialDevice<D>;
};

/** Writes to be queued in this order; each `next` comes back when every operation of its job is acknowledged. */
export type SerialWrite = { readonly ops: readonly NvmOp[]; readonly next: SerialThen };

/** What a session does with one request: the link is told its reply, or that it has to wait. */
export type SessionStep<D> = {
  readonly device: D;
  readonly effects: readonly Effect[];
  readonly writes: readonly SerialWrite[];
  readonly link: readonly TokenLinkEvent[];
};

/** Seals a message for the open session and answers the request with it; without a session nothing is sent. */
export function sendMessage<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  job: { readonly requestNumber: number; readonly message: SessionMessage },
): SessionStep<D> {
  const { phase } = device.serial;
  if (phase.tag !== 'open') return still(device);
  const { transport, sealed } = sealTransport(
    setup.crypto,
    phase.transport,
    encodeSessionMessage(job.message),
  );
  const sent = withPhase(device, { ...phase, transport });
  return replyOn(still(sent), job.requestNumber, { tag: 'session', message: sealed });
}

/** A tag failed: the session is over and says so once. */
export function kill<D extends SerialCarrier>(device: D, requestNumber: number): SessionStep<D> {
  return fail(withPhase(device, { tag: 'dead' }), { requestNumber, error: 'sessionDead' });
}

/** Answers a request with an ERROR frame. */
export function fail<D extends SerialCarrier>(
  device: D,
  job: { readonly requestNumber: number; readonly error: WireErrorName },
): SessionStep<D> {
  return replyOn(still(device), job.requestNumber, { tag: 'error', error: job.error });
}

/** Adds the reply of a request to what the link is told. */
export function replyOn<D>(step: SessionStep<D>, requestNumber: number, reply: TokenReply): SessionStep<D> {
  return { ...step, link: [...step.link, { tag: 'reply', requestNumber, reply }] };
}

/** No person is asked any more. */
export const STOP_ASKING: Effect = { tag: 'timer.cancel', id: SERIAL_TIMERS.ask };

/** The message that says no, inside the session. */
export function refused(error: WireErrorName): SessionMessage {
  return { tag: 'refused', code: WIRE_ERRORS[error] };
}

/** The device with its session in another phase. */
export function withPhase<D extends SerialCarrier>(device: D, phase: SerialPhase): D {
  return { ...device, serial: { ...device.serial, phase } };
}

/** Nothing to do. */
export function still<D>(device: D): SessionStep<D> {
  return { device, effects: [], writes: [], link: [] };
}
