import { assertNever } from '@chiavetta/protocol/bytes';
import type { TokenLinkEffect, TokenLinkEvent } from '@chiavetta/protocol/wire';
import { INTER_BYTE_TIMEOUT_MS, tokenLinkStep } from '@chiavetta/protocol/wire';
import type { Effect } from '../device.ts';
import type { SerialCarrier } from './operation.ts';
import type { SerialThen } from './serial-state.ts';
import { answerAsking, closeSession, greet, onSession, resumeSession } from './session.ts';
import type { SerialSetup, SerialWrite, SessionStep } from './session-step.ts';
import { SERIAL_TIMERS } from './session-step.ts';

/**
 * What a call yields. `writes` go into the device's write queue in this order, each `next` wrapped so that it comes
 * back to `serialResume` when every operation of its job is acknowledged.
 */
export type SerialStep<D> = {
  readonly device: D;
  readonly effects: readonly Effect[];
  readonly writes: readonly SerialWrite[];
};

/** Bytes came on the line. While flash is being written they are lost, as on a controller whose core stands still then. */
export function serialReceive<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  bytes: Uint8Array,
): SerialStep<D> {
  if (device.serial.writing) return { device, effects: [], writes: [] };
  const step = feedLink(setup, device, { tag: 'bytes', chunk: bytes });
  const silence: Effect = { tag: 'timer.set', id: SERIAL_TIMERS.silence, afterMs: INTER_BYTE_TIMEOUT_MS };
  return { ...step, effects: [silence, ...step.effects] };
}

/** One of `SERIAL_TIMERS` ran out; any other id changes nothing. */
export function serialTimer<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  id: string,
): SerialStep<D> {
  if (id === SERIAL_TIMERS.silence) return feedLink(setup, device, { tag: 'silence' });
  if (id === SERIAL_TIMERS.ask) return serialAnswer(setup, device, 'refused');
  return { device, effects: [], writes: [] };
}

/** The person answered the screen of `serialAsking`; without such a screen nothing happens. */
export function serialAnswer<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  answer: 'ok' | 'refused',
): SerialStep<D> {
  return tellLink(setup, answerAsking(setup, device, answer));
}

/** The writes of a `next` are acknowledged. */
export function serialResume<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  then: SerialThen,
): SerialStep<D> {
  return tellLink(setup, resumeSession(setup, device, then));
}

function feedLink<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  event: TokenLinkEvent,
): SerialStep<D> {
  const linked = tokenLinkStep(device.serial.link, event);
  let step: SerialStep<D> = {
    device: { ...device, serial: { ...device.serial, link: linked.state } },
    effects: [],
    writes: [],
  };
  for (const effect of linked.effects) {
    if (effect.tag === 'send') {
      step = { ...step, effects: [...step.effects, { tag: 'uart.tx', bytes: effect.bytes }] };
    } else {
      const then = tellLink(setup, carryOut(setup, step.device, effect));
      step = {
        device: then.device,
        effects: [...step.effects, ...then.effects],
        writes: [...step.writes, ...then.writes],
      };
    }
  }
  return step;
}

function carryOut<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  delivery: Extract<TokenLinkEffect, { readonly tag: 'deliver' }>,
): SessionStep<D> {
  const { requestNumber, request } = delivery;
  switch (request.tag) {
    case 'hello':
      return greet(setup, device, { requestNumber, helloBody: request.helloBody });
    case 'close':
      return closeSession(device, requestNumber);
    case 'session':
      return onSession(setup, device, { requestNumber, message: request.message });
    default:
      return assertNever(request);
  }
}

/** Hands the session's replies to the link, which frames them, keeps them for repeats and sends them. */
function tellLink<D extends SerialCarrier>(setup: SerialSetup<D>, step: SessionStep<D>): SerialStep<D> {
  let told: SerialStep<D> = { device: step.device, effects: step.effects, writes: step.writes };
  for (const event of step.link) {
    const fed = feedLink(setup, told.device, event);
    told = {
      device: fed.device,
      effects: [...told.effects, ...fed.effects],
      writes: [...told.writes, ...fed.writes],
    };
  }
  return told;
}
