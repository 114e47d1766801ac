import type { WireErrorName } from './error-codes.ts';
import { WIRE_ERRORS } from './error-codes.ts';
import { decodeFragment, fragmentPlaceLayout } from './fragment.ts';
import type { Frame } from './frame.ts';
import { errorLayout } from './frame-error.ts';
import { helloLayout } from './frame-hello.ts';
import { nextLayout } from './frame-next.ts';
import { FRAME_TYPES, isTokenFrameType } from './frame-types.ts';
import { waitLayout } from './frame-wait.ts';
import { FRAME_LIMIT_MAX, FRAME_LIMIT_MIN, WIRE_VERSION } from './limits.ts';
import { reassemblyAdd, reassemblyStart } from './reassembly.ts';
import type { TokenLink, TokenReply, TokenRequest } from './token-link-state.ts';

/** What a fresh frame means to a token. */
export type TokenFrameOutcome =
  /** Not for a token: its own echo. Nothing is said, so that two ends never talk in circles. */
  | { readonly tag: 'ignored'; readonly state: TokenLink }
  | { readonly tag: 'answer'; readonly state: TokenLink; readonly frame: Pick<Frame, 'type' | 'body'> }
  | { readonly tag: 'reply'; readonly state: TokenLink; readonly reply: TokenReply }
  | { readonly tag: 'deliver'; readonly state: TokenLink; readonly request: TokenRequest };

/** Executes a frame that is no repeat. Spec: docs/spec/wire.md, "What a token answers". */
export function tokenLinkFrame(state: TokenLink, frame: Frame): TokenFrameOutcome {
  if (isTokenFrameType(frame.type)) return { tag: 'ignored', state };
  if (frame.type === FRAME_TYPES.hello) return onHello(state, frame.body);
  if (frame.type === FRAME_TYPES.close) return onClose(state, frame.body);
  switch (frame.type) {
    case FRAME_TYPES.session:
      return onSession(state, frame.body);
    case FRAME_TYPES.fragment:
      return onFragment(state, frame.body);
    case FRAME_TYPES.next:
      return onNext(state, frame.body);
    case FRAME_TYPES.poll:
      return onPoll(state, frame.body);
    default:
      return refuse(state, 'unsupported');
  }
}

/** A HELLO is always heard: it is how a host that lost its way, or a new one, starts again. */
function onHello(state: TokenLink, body: Uint8Array): TokenFrameOutcome {
  const fresh: TokenLink = { ...idle(state), open: false, sendLimitBytes: FRAME_LIMIT_MIN };
  const hello = helloLayout.decode(body);
  if (
    !hello.ok ||
    hello.value.maxFrameBytes < FRAME_LIMIT_MIN ||
    hello.value.maxFrameBytes > FRAME_LIMIT_MAX
  ) {
    return refuse(fresh, 'badLength');
  }
  const { minVersion, maxVersion, maxFrameBytes } = hello.value;
  if (minVersion > WIRE_VERSION || maxVersion < WIRE_VERSION) return refuse(fresh, 'version');
  return {
    tag: 'deliver',
    state: { ...fresh, sendLimitBytes: Math.min(state.frameLimitBytes, maxFrameBytes) },
    request: { tag: 'hello', hello: hello.value, helloBody: body.slice() },
  };
}

function onClose(state: TokenLink, body: Uint8Array): TokenFrameOutcome {
  if (body.length > 0) return refuse(state, 'badLength');
  return { tag: 'deliver', state: idle(state), request: { tag: 'close' } };
}

function onSession(state: TokenLink, body: Uint8Array): TokenFrameOutcome {
  if (!isFree(state)) return refuse(state, 'badState');
  return { tag: 'deliver', state: idle(state), request: { tag: 'session', message: body.slice() } };
}

function onFragment(state: TokenLink, body: Uint8Array): TokenFrameOutcome {
  if (!isFree(state)) return refuse(state, 'badState');
  const fragment = decodeFragment(body);
  if (!fragment.ok) return refuse(idle(state), 'badLength');
  // Index 0 starts a message anew: the host gave the last one up.
  const started = fragment.value.index === 0 ? reassemblyStart : state.incoming;
  const added = reassemblyAdd(started, fragment.value);
  if (!added.ok)
    return refuse(idle(state), added.error.code === 'message_too_long' ? 'badLength' : 'badState');
  const { message, state: incoming } = added.value;
  if (message !== undefined)
    return { tag: 'deliver', state: idle(state), request: { tag: 'session', message } };
  return {
    tag: 'answer',
    state: { ...idle(state), incoming },
    frame: { type: FRAME_TYPES.fragmentAck, body: fragmentPlaceLayout.encode(fragment.value) },
  };
}

function onNext(state: TokenLink, body: Uint8Array): TokenFrameOutcome {
  const next = nextLayout.decode(body);
  if (!next.ok) return refuse(state, 'badLength');
  const fragment = state.outgoing[next.value.index];
  if (fragment === undefined) return refuse(state, 'badState');
  return { tag: 'answer', state, frame: { type: FRAME_TYPES.fragmentReply, body: fragment } };
}

function onPoll(state: TokenLink, body: Uint8Array): TokenFrameOutcome {
  if (body.length > 0) return refuse(state, 'badLength');
  const { work } = state;
  if (work.tag === 'ready') return { tag: 'reply', state, reply: work.reply };
  if (work.tag !== 'waiting') return refuse(state, 'badState');
  const { reason, retryAfterMs } = work;
  return {
    tag: 'answer',
    state,
    frame: { type: FRAME_TYPES.wait, body: waitLayout.encode({ reason, retryAfterMs }) },
  };
}

/** A session message is taken after HELLO, one at a time. */
function isFree(state: TokenLink): boolean {
  return state.open && state.work.tag === 'none';
}

/** Nothing half done: what a token keeps between two messages. */
function idle(state: TokenLink): TokenLink {
  return { ...state, work: { tag: 'none' }, incoming: reassemblyStart, outgoing: [] };
}

function refuse(state: TokenLink, error: WireErrorName): TokenFrameOutcome {
  return {
    tag: 'answer',
    state,
    frame: { type: FRAME_TYPES.error, body: errorLayout.encode({ code: WIRE_ERRORS[error] }) },
  };
}
