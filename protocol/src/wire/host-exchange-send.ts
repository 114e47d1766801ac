import { encodeFrame } from './frame.ts';
import type {
  Awaiting,
  HostExchange,
  HostExchangeStep,
  HostRequest,
  LinkFailure,
  MessageProgress,
} from './host-exchange-state.ts';
import { HELLO_ATTEMPTS_MAX, HELLO_TIMEOUT_MS, RESENDS_MAX, replyTimeoutMs } from './timing.ts';

/** Sends a frame under the next sequence number and waits for its reply. */
export function sendFrame(
  state: HostExchange,
  job: {
    readonly request: HostRequest['tag'];
    readonly type: number;
    readonly body: Uint8Array;
    readonly message: MessageProgress;
    readonly nowMs: number;
  },
): HostExchangeStep {
  const isHello = job.request === 'hello';
  const timeoutMs = isHello ? HELLO_TIMEOUT_MS : replyTimeoutMs(state.opTimeMs);
  const awaiting: Awaiting = {
    tag: 'awaiting',
    request: job.request,
    sentType: job.type,
    sentSeq: state.nextSeq,
    sentBytes: encodeFrame({ type: job.type, seq: state.nextSeq, body: job.body }),
    sentBody: job.body,
    resendsLeft: isHello ? HELLO_ATTEMPTS_MAX - 1 : RESENDS_MAX,
    timeoutMs,
    replyDeadlineMs: job.nowMs + timeoutMs,
    innerDeadlineMs: undefined,
    runningSinceMs: job.nowMs,
    message: job.message,
  };
  const next: HostExchange = { ...state, nextSeq: (state.nextSeq + 1) & 0xff, phase: awaiting };
  return {
    state: next,
    effects: [
      { tag: 'send', bytes: awaiting.sentBytes },
      { tag: 'deadline', atMs: deadlineOf(next, awaiting) },
    ],
  };
}

/**
 * When the wait for a reply ends: a frame that is coming in gets its time, but nothing outlives the token's budget,
 * so that a line that never falls silent ends too.
 */
export function deadlineOf(state: HostExchange, awaiting: Awaiting): number {
  const replyMs = Math.max(awaiting.replyDeadlineMs, awaiting.innerDeadlineMs ?? 0);
  return Math.min(replyMs, awaiting.runningSinceMs + state.budgetLeftMs);
}

/** Takes the time that a reply took off the token's budget. */
export function chargeBudget(state: HostExchange, awaiting: Awaiting, nowMs: number): HostExchange {
  const takenMs = Math.max(0, nowMs - awaiting.runningSinceMs);
  return { ...state, budgetLeftMs: Math.max(0, state.budgetLeftMs - takenMs) };
}

/** Ends the request without an answer. Only a refusal leaves the link open: the token is there and understood. */
export function endWithFailure(state: HostExchange, failure: LinkFailure): HostExchangeStep {
  const open = state.open && failure.code === 'refused';
  return { state: { ...state, open, phase: { tag: 'idle' } }, effects: [{ tag: 'fail', failure }] };
}
