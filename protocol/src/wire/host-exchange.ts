import { assert, assertNever } from '../bytes/index.ts';
import { splitMessage } from './fragment.ts';
import { helloLayout } from './frame-hello.ts';
import { FRAME_TYPES } from './frame-types.ts';
import { hostExchangeFrame } from './host-exchange-frame.ts';
import { deadlineOf, endWithFailure, sendFrame } from './host-exchange-send.ts';
import type {
  Awaiting,
  HostExchange,
  HostExchangeEffect,
  HostExchangeEvent,
  HostExchangeStep,
  HostRequest,
  LinkFailure,
  MessageProgress,
} from './host-exchange-state.ts';
import { FRAME_LIMIT_MIN, WIRE_VERSION } from './limits.ts';
import { splitterIsInsideFrame, splitterPush, splitterReset, splitterStart } from './splitter.ts';
import { DAMAGE_PAUSE_MS, INTER_BYTE_TIMEOUT_MS, TOKEN_BUDGET_MS } from './timing.ts';

const NOTHING_YET: MessageProgress = {
  unsent: [],
  incoming: undefined,
  droppedCount: 0,
  sawText: false,
  waitDeadlineMs: undefined,
};
const EMPTY = new Uint8Array();

/**
 * The host's rules for frames, resends, fragments and WAIT. Spec: docs/spec/wire.md, "Stop and wait" and "Time".
 *
 * Each `request` ends in exactly one `deliver` or `fail`, after a bounded time. Between the two the shell writes what
 * `send` says, keeps one timer for the last `deadline`, and passes on every chunk that it reads.
 *
 * @example
 * ```ts
 * let host = hostExchangeStart({ firstSeq: 0 });
 * const step = hostExchangeStep(host, { tag: 'request', request: { tag: 'hello' }, nowMs: 0 });
 * host = step.state; // then carry out step.effects: a send and a deadline
 * ```
 */
export function hostExchangeStep(state: HostExchange, event: HostExchangeEvent): HostExchangeStep {
  switch (event.tag) {
    case 'request':
      return startRequest(state, event.request, event.nowMs);
    case 'bytes':
      return takeBytes(state, event.chunk, event.nowMs);
    case 'timeout':
      return takeTimeout(state, event.nowMs);
    default:
      return assertNever(event);
  }
}

function startRequest(state: HostExchange, request: HostRequest, nowMs: number): HostExchangeStep {
  assert(state.phase.tag === 'idle', 'a request waits for the end of the one before');
  if (request.tag === 'hello') {
    const fresh: HostExchange = {
      ...state,
      open: false,
      sendLimitBytes: FRAME_LIMIT_MIN,
      budgetLeftMs: TOKEN_BUDGET_MS,
      splitter: splitterStart(state.frameLimitBytes),
    };
    const body = helloLayout.encode({
      minVersion: WIRE_VERSION,
      maxVersion: WIRE_VERSION,
      maxFrameBytes: state.frameLimitBytes,
    });
    return sendFrame(fresh, { request: 'hello', type: FRAME_TYPES.hello, body, message: NOTHING_YET, nowMs });
  }
  assert(state.open, 'a session and a close need an answered HELLO');
  if (request.tag === 'close') {
    const close = { request: request.tag, type: FRAME_TYPES.close, body: EMPTY } as const;
    return sendFrame(state, { ...close, message: NOTHING_YET, nowMs });
  }
  const split = splitMessage(request.message, state.sendLimitBytes);
  if (split.tag === 'whole') {
    const whole = { request: request.tag, type: FRAME_TYPES.session, body: split.body } as const;
    return sendFrame(state, { ...whole, message: NOTHING_YET, nowMs });
  }
  const [body, ...unsent] = split.bodies;
  assert(body !== undefined, 'a split message has fragments');
  const first = { request: request.tag, type: FRAME_TYPES.fragment, body } as const;
  return sendFrame(state, { ...first, message: { ...NOTHING_YET, unsent }, nowMs });
}

function takeBytes(state: HostExchange, chunk: Uint8Array, nowMs: number): HostExchangeStep {
  const split = splitterPush(state.splitter, chunk);
  let current: HostExchange = { ...state, splitter: split.state };
  const effects: HostExchangeEffect[] = [];
  for (const frame of split.frames) {
    const phase = current.phase;
    // Outside a wait for a reply the token has nothing to say: what comes is a late repeat.
    if (phase.tag !== 'awaiting') break;
    const step = hostExchangeFrame(current, phase, frame, nowMs);
    current = step.state;
    effects.push(...step.effects);
  }
  if (current.phase.tag !== 'awaiting') return { state: current, effects };
  const damaged = split.noise.some((noise) => noise.code === 'bad_crc');
  const awaiting = noteArrival(current.phase, {
    droppedCount: split.noise.length,
    sawText: split.sawText,
    // What a token prints while it boots is neither damage nor a reply: HELLO keeps its own rhythm.
    damaged: damaged && current.phase.request !== 'hello',
    insideFrame: splitterIsInsideFrame(split.state) && current.phase.request !== 'hello',
    nowMs,
  });
  return {
    state: { ...current, phase: awaiting },
    effects: [...effects, { tag: 'deadline', atMs: deadlineOf(current, awaiting) }],
  };
}

function noteArrival(
  awaiting: Awaiting,
  arrival: {
    readonly droppedCount: number;
    readonly sawText: boolean;
    readonly damaged: boolean;
    readonly insideFrame: boolean;
    readonly nowMs: number;
  },
): Awaiting {
  const { message, replyDeadlineMs } = awaiting;
  return {
    ...awaiting,
    replyDeadlineMs: arrival.damaged
      ? Math.min(replyDeadlineMs, arrival.nowMs + DAMAGE_PAUSE_MS)
      : replyDeadlineMs,
    innerDeadlineMs: arrival.insideFrame ? arrival.nowMs + INTER_BYTE_TIMEOUT_MS : undefined,
    message: {
      ...message,
      droppedCount: message.droppedCount + arrival.droppedCount,
      sawText: message.sawText || arrival.sawText,
    },
  };
}

function takeTimeout(state: HostExchange, nowMs: number): HostExchangeStep {
  const { phase } = state;
  switch (phase.tag) {
    case 'idle':
      return { state, effects: [] };
    case 'pausing':
      if (nowMs < phase.pollAtMs) return { state, effects: [{ tag: 'deadline', atMs: phase.pollAtMs }] };
      return sendFrame(state, {
        request: 'session',
        type: FRAME_TYPES.poll,
        body: EMPTY,
        message: phase.message,
        nowMs,
      });
    case 'awaiting':
      return takeReplyTimeout(state, phase, nowMs);
    default:
      return assertNever(phase);
  }
}

function takeReplyTimeout(state: HostExchange, awaiting: Awaiting, nowMs: number): HostExchangeStep {
  const deadlineMs = deadlineOf(state, awaiting);
  if (nowMs < deadlineMs) return { state, effects: [{ tag: 'deadline', atMs: deadlineMs }] };
  if (nowMs >= awaiting.runningSinceMs + state.budgetLeftMs) {
    return endWithFailure(state, { code: 'too_slow', budgetMs: TOKEN_BUDGET_MS });
  }
  const dropped = splitterReset(state.splitter);
  const message: MessageProgress = {
    ...awaiting.message,
    droppedCount: awaiting.message.droppedCount + dropped.noise.length,
    sawText: awaiting.message.sawText || dropped.sawText,
  };
  if (awaiting.resendsLeft === 0) {
    return endWithFailure({ ...state, splitter: dropped.state }, silenceFailure(awaiting, message));
  }
  const again: Awaiting = {
    ...awaiting,
    message,
    resendsLeft: awaiting.resendsLeft - 1,
    replyDeadlineMs: nowMs + awaiting.timeoutMs,
    innerDeadlineMs: undefined,
  };
  const next: HostExchange = { ...state, splitter: dropped.state, phase: again };
  return {
    state: next,
    effects: [
      { tag: 'send', bytes: awaiting.sentBytes },
      { tag: 'deadline', atMs: deadlineOf(next, again) },
    ],
  };
}

/** Text before the first answer means that something else is on the port; after it, it is just damage. */
function silenceFailure(awaiting: Awaiting, message: MessageProgress): LinkFailure {
  if (awaiting.request === 'hello' && message.sawText) return { code: 'not_a_token' };
  return message.droppedCount > 0
    ? { code: 'noise', droppedCount: message.droppedCount }
    : { code: 'no_answer' };
}
