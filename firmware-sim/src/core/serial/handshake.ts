import {
  noiseResponder,
  readMessage,
  sealTransport,
  sessionOf,
  writeMessage,
} from '@chiavetta/protocol/session';
import { encodeSessionMessage } from '@chiavetta/protocol/wire';
import { boardRandom } from '../board.ts';
import type { Effect } from '../device.ts';
import type { SerialCarrier } from './operation.ts';
import { checkPermission } from './permission.ts';
import type { SerialAsking, SerialPhase } from './serial-state.ts';
import type { SerialSetup, SessionStep } from './session-step.ts';
import {
  kill,
  refused,
  replyOn,
  SERIAL_ASK_MS,
  SERIAL_TIMERS,
  sendMessage,
  still,
  withPhase,
} from './session-step.ts';
import { highestEpoch, statusOf, transactionOf } from './transaction.ts';

const ASK_RETRY_AFTER_MS = 500;

/** The first message: answered with the token's certificate. */
export function beginHandshake<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  job: { readonly requestNumber: number; readonly message: Uint8Array; readonly prologue: Uint8Array },
): SessionStep<D> {
  const { crypto, hooks } = setup;
  const drawn = boardRandom(crypto, device.board, 32);
  const fresh = { ...device, board: drawn.board };
  const identity = hooks.identity(fresh);
  const responder = noiseResponder({
    crypto,
    prologue: job.prologue,
    staticSecret: identity.x25519Secret,
    ephemeralSecret: drawn.bytes,
  });
  const read = readMessage(crypto, responder, job.message);
  if (!read.ok) return kill(fresh, job.requestNumber);
  const written = writeMessage(crypto, read.value.state, identity.certificate);
  const waiting = withPhase(fresh, { tag: 'handshake', noise: written.state });
  return replyOn(still(waiting), job.requestNumber, { tag: 'session', message: written.message });
}

/** The third message: who the other end is, what it may do, and what it wants. Nothing has changed before this. */
export function endHandshake<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  job: {
    readonly requestNumber: number;
    readonly message: Uint8Array;
    readonly noise: Extract<SerialPhase, { readonly tag: 'handshake' }>['noise'];
  },
): SessionStep<D> {
  const { crypto, hooks } = setup;
  const { requestNumber } = job;
  const read = readMessage(crypto, job.noise, job.message);
  if (!read.ok) return kill(device, requestNumber);
  const session = sessionOf(read.value.state);
  const checked = checkPermission(crypto, {
    payload: read.value.payload,
    remoteStatic: session.remoteStatic,
    identity: hooks.identity(device),
    record: transactionOf(device),
    epoch: highestEpoch(setup, device),
  });
  if (!checked.ok) {
    const { sealed } = sealTransport(crypto, session.transport, encodeSessionMessage(refused(checked.error)));
    const over = still(withPhase(device, { tag: 'dead' }));
    return replyOn(over, requestNumber, { tag: 'session', message: sealed });
  }
  const { permit, prepare } = checked.value;
  const open = withPhase(device, { tag: 'open', transport: session.transport, permit });
  if (prepare === undefined) {
    return sendMessage(setup, open, { requestNumber, message: statusOf(setup, device, permit.txid) });
  }
  const reviewed = hooks.review(open, { prepare: prepare.value, txid: permit.txid });
  if (!reviewed.ok) return sendMessage(setup, open, { requestNumber, message: refused(reviewed.error) });
  return ask(open, {
    requestNumber,
    screen: reviewed.value,
    prepare: prepare.value,
    prepareBody: prepare.body,
    permit,
    exporter: session.exporter,
    transport: session.transport,
  });
}

function ask<D extends SerialCarrier>(device: D, asking: SerialAsking): SessionStep<D> {
  const limit: Effect = { tag: 'timer.set', id: SERIAL_TIMERS.ask, afterMs: SERIAL_ASK_MS };
  return {
    ...still(withPhase(device, { tag: 'asking', asking })),
    effects: [limit],
    link: [
      {
        tag: 'wait',
        requestNumber: asking.requestNumber,
        reason: 'person',
        retryAfterMs: ASK_RETRY_AFTER_MS,
      },
    ],
  };
}
