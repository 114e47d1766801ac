import { readUint } from '../bytes/index.ts';
import { decodeFragment, decodeFragmentPlace } from './fragment.ts';
import type { Frame } from './frame.ts';
import { errorLayout } from './frame-error.ts';
import { helloReplyLayout } from './frame-hello-reply.ts';
import { nextLayout } from './frame-next.ts';
import { FRAME_TYPES, isTokenFrameType } from './frame-types.ts';
import { WAIT_REASONS, waitLayout } from './frame-wait.ts';
import { chargeBudget, endWithFailure, sendFrame } from './host-exchange-send.ts';
import type {
  Awaiting,
  BrokenRule,
  HostExchange,
  HostExchangeStep,
  HostReply,
} from './host-exchange-state.ts';
import { isFrameLimit, WIRE_VERSION } from './limits.ts';
import { reassemblyAdd, reassemblyStart } from './reassembly.ts';
import { POLL_PAUSE_MAX_MS, POLL_PAUSE_MIN_MS } from './timing.ts';

/** Takes a whole frame while a reply is awaited. Spec: docs/spec/wire.md, "What a host makes of a reply". */
export function hostExchangeFrame(
  state: HostExchange,
  awaiting: Awaiting,
  frame: Frame,
  nowMs: number,
): HostExchangeStep {
  // Another number is a late repeat, a host's type our own echo: neither answers what was sent last.
  if (frame.seq !== awaiting.sentSeq || !isTokenFrameType(frame.type)) return { state, effects: [] };
  const charged = chargeBudget(state, awaiting, nowMs);
  const turn: Turn = { state: charged, awaiting, frame, nowMs };
  if (frame.type === FRAME_TYPES.error) return onError(turn);
  if (awaiting.request === 'hello') return onHelloReply(turn);
  if (awaiting.request === 'close') return onClosed(turn);
  switch (frame.type) {
    case FRAME_TYPES.fragmentAck:
      return onFragmentAck(turn);
    case FRAME_TYPES.sessionReply:
      return onSessionReply(turn);
    case FRAME_TYPES.fragmentReply:
      return onFragmentReply(turn);
    case FRAME_TYPES.wait:
      return onWait(turn);
    default:
      return broken(turn, 'unexpected_type');
  }
}

type Turn = {
  readonly state: HostExchange;
  readonly awaiting: Awaiting;
  readonly frame: Frame;
  readonly nowMs: number;
};

function onError(turn: Turn): HostExchangeStep {
  const error = errorLayout.decode(turn.frame.body);
  if (!error.ok) return broken(turn, 'bad_body');
  return endWithFailure(turn.state, { code: 'refused', errorCode: error.value.code });
}

function onHelloReply(turn: Turn): HostExchangeStep {
  if (turn.frame.type !== FRAME_TYPES.helloReply) return broken(turn, 'unexpected_type');
  const decoded = helloReplyLayout.decode(turn.frame.body);
  if (!decoded.ok) return broken(turn, 'bad_body');
  const reply = decoded.value;
  if (reply.version !== WIRE_VERSION) return broken(turn, 'bad_version');
  if (!isFrameLimit(reply.maxFrameBytes)) return broken(turn, 'bad_limit');
  const state: HostExchange = {
    ...turn.state,
    open: true,
    opTimeMs: reply.opTimeMs,
    sendLimitBytes: Math.min(turn.state.frameLimitBytes, reply.maxFrameBytes),
  };
  return deliver(state, {
    tag: 'hello',
    reply,
    helloBody: turn.awaiting.sentBody.slice(),
    replyBody: turn.frame.body.slice(),
  });
}

function onClosed(turn: Turn): HostExchangeStep {
  if (turn.frame.type !== FRAME_TYPES.closed) return broken(turn, 'unexpected_type');
  if (turn.frame.body.length > 0) return broken(turn, 'bad_body');
  return deliver({ ...turn.state, open: false }, { tag: 'closed' });
}

function onFragmentAck(turn: Turn): HostExchangeStep {
  const { awaiting, frame, nowMs } = turn;
  const [body, ...unsent] = awaiting.message.unsent;
  if (awaiting.sentType !== FRAME_TYPES.fragment || body === undefined)
    return broken(turn, 'unexpected_type');
  const acked = decodeFragmentPlace(frame.body);
  if (!acked.ok) return broken(turn, 'bad_body');
  const sentIndex = readUint(awaiting.sentBody.subarray(0, 1));
  const sentTotal = readUint(awaiting.sentBody.subarray(1, 2));
  if (acked.value.index !== sentIndex || acked.value.total !== sentTotal) return broken(turn, 'bad_fragment');
  const message = { ...awaiting.message, unsent };
  return sendFrame(turn.state, { request: 'session', type: FRAME_TYPES.fragment, body, message, nowMs });
}

function onSessionReply(turn: Turn): HostExchangeStep {
  const { unsent, incoming } = turn.awaiting.message;
  if (unsent.length > 0 || incoming !== undefined) return broken(turn, 'unexpected_type');
  return deliver(turn.state, { tag: 'session', message: turn.frame.body.slice() });
}

function onFragmentReply(turn: Turn): HostExchangeStep {
  const { awaiting, frame, nowMs } = turn;
  if (awaiting.message.unsent.length > 0) return broken(turn, 'unexpected_type');
  const fragment = decodeFragment(frame.body);
  if (!fragment.ok) return broken(turn, 'bad_body');
  const added = reassemblyAdd(awaiting.message.incoming ?? reassemblyStart, fragment.value);
  if (!added.ok) return broken(turn, 'bad_fragment');
  const { message, state: incoming } = added.value;
  if (message !== undefined) return deliver(turn.state, { tag: 'session', message });
  return sendFrame(turn.state, {
    request: 'session',
    type: FRAME_TYPES.next,
    body: nextLayout.encode({ index: incoming.nextIndex }),
    message: { ...awaiting.message, incoming },
    nowMs,
  });
}

function onWait(turn: Turn): HostExchangeStep {
  const { state, awaiting, frame, nowMs } = turn;
  const { unsent, incoming } = awaiting.message;
  if (unsent.length > 0 || incoming !== undefined) return broken(turn, 'unexpected_type');
  const wait = waitLayout.decode(frame.body);
  if (!wait.ok) return broken(turn, 'bad_body');
  const waitDeadlineMs = awaiting.message.waitDeadlineMs ?? nowMs + state.waitTotalMs;
  if (nowMs >= waitDeadlineMs) {
    return endWithFailure(state, { code: 'wait_expired', limitMs: state.waitTotalMs });
  }
  const pauseMs = Math.min(POLL_PAUSE_MAX_MS, Math.max(POLL_PAUSE_MIN_MS, wait.value.retryAfterMs));
  const pollAtMs = nowMs + pauseMs;
  const reason = wait.value.reason === WAIT_REASONS.person ? 'person' : 'busy';
  const message = { ...awaiting.message, waitDeadlineMs };
  return {
    state: { ...state, phase: { tag: 'pausing', pollAtMs, message } },
    effects: [
      { tag: 'waiting', reason },
      { tag: 'deadline', atMs: pollAtMs },
    ],
  };
}

function deliver(state: HostExchange, reply: HostReply): HostExchangeStep {
  return { state: { ...state, phase: { tag: 'idle' } }, effects: [{ tag: 'deliver', reply }] };
}

function broken(turn: Turn, rule: BrokenRule): HostExchangeStep {
  return endWithFailure(turn.state, { code: 'broken_rule', rule, frameType: turn.frame.type });
}
