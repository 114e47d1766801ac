import { assert, assertNever, concatBytes, u8, u16 } from '../bytes/index.ts';
import { crc16Ibm3740 } from './crc16.ts';
import { WIRE_ERRORS } from './error-codes.ts';
import { splitMessage } from './fragment.ts';
import type { Frame } from './frame.ts';
import { encodeFrame } from './frame.ts';
import { errorLayout } from './frame-error.ts';
import { helloReplyLayout } from './frame-hello-reply.ts';
import { FRAME_TYPES } from './frame-types.ts';
import { WAIT_REASONS, waitLayout } from './frame-wait.ts';
import { splitterPush, splitterReset } from './splitter.ts';
import { tokenLinkFrame } from './token-link-frame.ts';
import type {
  TokenLink,
  TokenLinkEffect,
  TokenLinkEvent,
  TokenLinkStep,
  TokenReply,
  TokenRequest,
} from './token-link-state.ts';

/**
 * The token's rules for frames, repeats, fragments and WAIT. Spec: docs/spec/wire.md, "Stop and wait".
 *
 * Each `deliver` is answered by one `reply` event with its number, at once or, for a session message, after a `wait`
 * event: then the host polls and the link keeps the reply for it. Frames damaged on the line are dropped without a word.
 *
 * @example
 * ```ts
 * let link = tokenLinkStart({ frameLimitBytes: 512 });
 * const step = tokenLinkStep(link, { tag: 'bytes', chunk: Uint8Array.of(0) });
 * link = step.state; // then carry out step.effects, and answer a delivered request with { tag: 'reply', ... }
 * ```
 */
export function tokenLinkStep(state: TokenLink, event: TokenLinkEvent): TokenLinkStep {
  switch (event.tag) {
    case 'bytes':
      return stepBytes(state, event.chunk);
    case 'silence':
      return { state: { ...state, splitter: splitterReset(state.splitter).state }, effects: [] };
    case 'reply':
      return stepReply(state, event.requestNumber, event.reply);
    case 'wait':
      return stepWait(state, event);
    default:
      return assertNever(event);
  }
}

function stepBytes(state: TokenLink, chunk: Uint8Array): TokenLinkStep {
  const split = splitterPush(state.splitter, chunk);
  const effects: TokenLinkEffect[] = [];
  let current: TokenLink = { ...state, splitter: split.state };
  for (const frame of split.frames) {
    const step = stepFrame(current, frame);
    current = step.state;
    effects.push(...step.effects);
  }
  return { state: current, effects };
}

/** A repeat is answered from the cache; everything else is executed. */
function stepFrame(state: TokenLink, frame: Frame): TokenLinkStep {
  const mark = concatBytes(u8(frame.type), u8(frame.seq), u16(crc16Ibm3740(frame.body)));
  const last = state.last;
  // Type and CRC count besides the number: a new host may start with the number at which the old one stopped.
  if (last?.mark.every((byte, index) => byte === mark[index])) {
    return { state, effects: last.reply === undefined ? [] : [{ tag: 'send', bytes: last.reply }] };
  }
  const outcome = tokenLinkFrame(state, frame);
  const executed: TokenLink = { ...outcome.state, last: { seq: frame.seq, mark, reply: undefined } };
  switch (outcome.tag) {
    case 'ignored':
      return { state, effects: [] };
    case 'answer':
      return answer(executed, outcome.frame);
    case 'reply':
      return sendReply({ ...executed, work: { tag: 'none' } }, outcome.reply);
    case 'deliver': {
      const requestNumber = state.requestCount + 1;
      return {
        state: {
          ...executed,
          requestCount: requestNumber,
          work: { tag: 'asked', requestNumber, kind: outcome.request.tag },
        },
        effects: [{ tag: 'deliver', requestNumber, request: outcome.request }],
      };
    }
    default:
      return assertNever(outcome);
  }
}

function stepReply(state: TokenLink, requestNumber: number, reply: TokenReply): TokenLinkStep {
  const { work } = state;
  if (work.tag === 'asked' && work.requestNumber === requestNumber) {
    assert(reply.tag === 'error' || replyKind(reply) === work.kind, 'a reply is of the kind of its request');
    return sendReply({ ...state, work: { tag: 'none' } }, reply);
  }
  if (work.tag === 'waiting' && work.requestNumber === requestNumber) {
    return { state: { ...state, work: { tag: 'ready', reply } }, effects: [] };
  }
  return { state, effects: [] };
}

function stepWait(state: TokenLink, event: TokenLinkEvent & { readonly tag: 'wait' }): TokenLinkStep {
  const { work } = state;
  const isCurrent =
    (work.tag === 'asked' || work.tag === 'waiting') && work.requestNumber === event.requestNumber;
  if (!isCurrent) return { state, effects: [] };
  assert(work.tag === 'waiting' || work.kind === 'session', 'only a session message is put off');
  const reason = WAIT_REASONS[event.reason];
  const { requestNumber, retryAfterMs } = event;
  const waiting: TokenLink = { ...state, work: { tag: 'waiting', requestNumber, reason, retryAfterMs } };
  if (work.tag === 'waiting') return { state: waiting, effects: [] };
  return answer(waiting, { type: FRAME_TYPES.wait, body: waitLayout.encode({ reason, retryAfterMs }) });
}

/** Sends a reply frame with the number of the frame it answers, and keeps it for a repeat. */
function answer(state: TokenLink, reply: Pick<Frame, 'type' | 'body'>): TokenLinkStep {
  assert(state.last !== undefined, 'a reply answers a frame');
  const bytes = encodeFrame({ type: reply.type, seq: state.last.seq, body: reply.body });
  return { state: { ...state, last: { ...state.last, reply: bytes } }, effects: [{ tag: 'send', bytes }] };
}

function sendReply(state: TokenLink, reply: TokenReply): TokenLinkStep {
  switch (reply.tag) {
    case 'hello':
      assert(
        reply.reply.maxFrameBytes === state.frameLimitBytes,
        'the token announces the limit of its link',
      );
      return answer(
        { ...state, open: true },
        { type: FRAME_TYPES.helloReply, body: helloReplyLayout.encode(reply.reply) },
      );
    case 'session':
      return sendMessage(state, reply.message);
    case 'closed':
      return answer({ ...state, open: false }, { type: FRAME_TYPES.closed, body: new Uint8Array() });
    case 'error':
      return answer(state, {
        type: FRAME_TYPES.error,
        body: errorLayout.encode({ code: WIRE_ERRORS[reply.error] }),
      });
    default:
      return assertNever(reply);
  }
}

function sendMessage(state: TokenLink, message: Uint8Array): TokenLinkStep {
  const split = splitMessage(message, state.sendLimitBytes);
  if (split.tag === 'whole') return answer(state, { type: FRAME_TYPES.sessionReply, body: split.body });
  const [first] = split.bodies;
  assert(first !== undefined, 'a split message has fragments');
  return answer({ ...state, outgoing: split.bodies }, { type: FRAME_TYPES.fragmentReply, body: first });
}

function replyKind(reply: Exclude<TokenReply, { readonly tag: 'error' }>): TokenRequest['tag'] {
  return reply.tag === 'closed' ? 'close' : reply.tag;
}
