import { assertNever, equalConstantTime } from '@chiavetta/protocol/bytes';
import { openTransport, serialPrologue } from '@chiavetta/protocol/session';
import type { HelloReply, SessionMessage } from '@chiavetta/protocol/wire';
import { decodeSessionMessage, helloReplyLayout, WIRE_VERSION } from '@chiavetta/protocol/wire';
import { beginHandshake, endHandshake } from './handshake.ts';
import type { SerialCarrier } from './operation.ts';
import type { SerialAsking, SerialPhase, SerialThen } from './serial-state.ts';
import type { SerialSetup, SerialWrite, SessionStep } from './session-step.ts';
import { fail, kill, refused, replyOn, STOP_ASKING, sendMessage, still, withPhase } from './session-step.ts';
import {
  applyCommitted,
  highestEpoch,
  planCommit,
  planDiscard,
  stageOperation,
  transactionOf,
} from './transaction.ts';

/** The person answered, or did not in time. */
export function answerAsking<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  answer: 'ok' | 'refused',
): SessionStep<D> {
  const { phase } = device.serial;
  if (phase.tag !== 'asking') return still(device);
  const { asking } = phase;
  const open = withPhase(device, { tag: 'open', transport: asking.transport, permit: asking.permit });
  const step =
    answer === 'ok'
      ? stage(setup, open, asking)
      : sendMessage(setup, open, {
          requestNumber: asking.requestNumber,
          message: refused('refusedByPerson'),
        });
  return { ...step, effects: [STOP_ASKING, ...step.effects] };
}

/** The writes of a `then` are acknowledged. */
export function resumeSession<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  then: SerialThen,
): SessionStep<D> {
  switch (then.tag) {
    case 'answer':
      return sendMessage(setup, withWriting(device, false), then);
    case 'flipped': {
      const { device: applied, ops, record } = applyCommitted(setup, device);
      const { txid, seedEpoch } = record;
      const message: SessionMessage = { tag: 'done', txid, seedEpoch };
      return write(applied, { ops, next: { tag: 'answer', requestNumber: then.requestNumber, message } });
    }
    default:
      return assertNever(then);
  }
}

/** CLOSE: the session and a question to a person are over. */
export function closeSession<D extends SerialCarrier>(device: D, requestNumber: number): SessionStep<D> {
  const closed = withPhase(device, { tag: 'closed' });
  return replyOn({ ...still(closed), effects: [STOP_ASKING] }, requestNumber, { tag: 'closed' });
}

/** HELLO: begins anew, whatever was going on. The bodies of both HELLOs go into the prologue. */
export function greet<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  job: { readonly requestNumber: number; readonly helloBody: Uint8Array },
): SessionStep<D> {
  const { requestNumber, helloBody } = job;
  const identity = setup.hooks.identity(device);
  const record = transactionOf(device);
  const pending = record.state === 'staged';
  const reply: HelloReply = {
    version: WIRE_VERSION,
    serial: identity.serial,
    model: identity.model,
    firmware: identity.firmware,
    capabilities: identity.capabilities,
    maxFrameBytes: setup.hooks.frameLimitBytes,
    opTimeMs: identity.opTimeMs,
    seedEpoch: highestEpoch(setup, device),
    pending: pending ? 1 : 0,
    pendingTxid: pending ? record.txid : new Uint8Array(16),
  };
  const prologue = serialPrologue(helloBody, helloReplyLayout.encode(reply));
  const greeted = withPhase(device, { tag: 'greeted', prologue });
  return replyOn({ ...still(greeted), effects: [STOP_ASKING] }, requestNumber, { tag: 'hello', reply });
}

/** A session message: the next one of the handshake, or one inside the open session. */
export function onSession<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  job: { readonly requestNumber: number; readonly message: Uint8Array },
): SessionStep<D> {
  const { requestNumber, message } = job;
  const { phase } = device.serial;
  switch (phase.tag) {
    case 'greeted':
      return beginHandshake(setup, device, { requestNumber, message, prologue: phase.prologue });
    case 'handshake':
      return endHandshake(setup, device, { requestNumber, message, noise: phase.noise });
    case 'open':
      return onTransport(setup, device, { requestNumber, message, phase });
    case 'dead':
      return fail(device, { requestNumber, error: 'sessionDead' });
    case 'closed':
    case 'asking':
      return fail(device, { requestNumber, error: 'badState' });
    default:
      return assertNever(phase);
  }
}

function stage<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  asking: SerialAsking,
): SessionStep<D> {
  const { requestNumber } = asking;
  const staged = stageOperation(setup, device, asking);
  if (!staged.ok) return sendMessage(setup, device, { requestNumber, message: refused(staged.error) });
  const { message, ops } = staged.value;
  return write(staged.value.device, { ops, next: { tag: 'answer', requestNumber, message } });
}

function onTransport<D extends SerialCarrier>(
  setup: SerialSetup<D>,
  device: D,
  job: {
    readonly requestNumber: number;
    readonly message: Uint8Array;
    readonly phase: Extract<SerialPhase, { readonly tag: 'open' }>;
  },
): SessionStep<D> {
  const { requestNumber, phase } = job;
  const opened = openTransport(setup.crypto, phase.transport, job.message);
  if (!opened.ok) return kill(device, requestNumber);
  const open = withPhase(device, { ...phase, transport: opened.value.transport });
  const decoded = decodeSessionMessage(opened.value.plaintext);
  const message = decoded.ok ? decoded.value : undefined;
  if (message?.tag !== 'commit' && message?.tag !== 'discard') {
    return sendMessage(setup, open, {
      requestNumber,
      message: refused(decoded.ok ? 'badState' : 'badLength'),
    });
  }
  // The permit names one transaction: a session for one never touches another.
  if (!equalConstantTime(message.txid, phase.permit.txid)) {
    return sendMessage(setup, open, { requestNumber, message: refused('ticket') });
  }
  const plan =
    message.tag === 'commit' ? planCommit(setup, open, phase.permit) : planDiscard(setup, open, phase.permit);
  switch (plan.tag) {
    case 'answer':
      return sendMessage(setup, open, { requestNumber, message: plan.message });
    case 'write': {
      const next: SerialThen = { tag: 'answer', requestNumber, message: plan.message };
      return write(plan.device, { ops: plan.ops, next });
    }
    case 'flip':
      return write(plan.device, { ops: plan.ops, next: { tag: 'flipped', requestNumber } });
    default:
      return assertNever(plan);
  }
}

/** From here to the answer the line is not heard: nothing that is not in flash yet can be asked for. */
function write<D extends SerialCarrier>(device: D, job: SerialWrite): SessionStep<D> {
  return { ...still(withWriting(device, true)), writes: [job] };
}

function withWriting<D extends SerialCarrier>(device: D, writing: boolean): D {
  return { ...device, serial: { ...device.serial, writing } };
}
