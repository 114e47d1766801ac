import { assert } from '../bytes/index.ts';
import type { HelloReply } from './frame-hello-reply.ts';
import { FRAME_LIMIT_MAX, FRAME_LIMIT_MIN, isFrameLimit } from './limits.ts';
import type { Reassembly } from './reassembly.ts';
import type { FrameSplitter } from './splitter.ts';
import { splitterStart } from './splitter.ts';
import { TOKEN_BUDGET_MS, WAIT_TOTAL_MAX_MS } from './timing.ts';

/** What the host wants of the token. Each is answered by one `deliver` or one `fail`. */
export type HostRequest =
  /** Starts anew, also after a failure; the others need an answered HELLO first. */
  | { readonly tag: 'hello' }
  | { readonly tag: 'session'; readonly message: Uint8Array }
  | { readonly tag: 'close' };

/** What the token answered. */
export type HostReply =
  | {
      readonly tag: 'hello';
      readonly reply: HelloReply;
      /** Both bodies as they crossed the line, for the prologue of the session. */
      readonly helloBody: Uint8Array;
      readonly replyBody: Uint8Array;
    }
  | { readonly tag: 'session'; readonly message: Uint8Array }
  | { readonly tag: 'closed' };

/** What happens to a host's exchange. `nowMs` is a monotonic clock in milliseconds, read by the shell. */
export type HostExchangeEvent =
  /** Only while no other request is open: the line is stop and wait. */
  | { readonly tag: 'request'; readonly request: HostRequest; readonly nowMs: number }
  /** Bytes came, in chunks of any size. */
  | { readonly tag: 'bytes'; readonly chunk: Uint8Array; readonly nowMs: number }
  /** The deadline passed. A timer that fires early or for an older deadline does no harm. */
  | { readonly tag: 'timeout'; readonly nowMs: number };

/** What a host's exchange wants done. */
export type HostExchangeEffect =
  | { readonly tag: 'send'; readonly bytes: Uint8Array }
  /** Send a `timeout` event at this time. Takes the place of any earlier deadline; none is left after an end. */
  | { readonly tag: 'deadline'; readonly atMs: number }
  /** The token asked for patience: tell the person to press OK on it. */
  | { readonly tag: 'waiting'; readonly reason: 'person' | 'busy' }
  | { readonly tag: 'deliver'; readonly reply: HostReply }
  | { readonly tag: 'fail'; readonly failure: LinkFailure };

/** Why a request had no answer. The link is closed after each of them but `refused`. */
export type LinkFailure =
  /** Nothing came, after all resends. */
  | { readonly code: 'no_answer' }
  /** What came reads as text: a boot message or a console. */
  | { readonly code: 'not_a_token' }
  /** Something came, but no frame of it was whole. */
  | { readonly code: 'noise'; readonly droppedCount: number }
  /** The token used up the time it has from HELLO on. */
  | { readonly code: 'too_slow'; readonly budgetMs: number }
  /** It asked to wait for longer than a ticket lives. */
  | { readonly code: 'wait_expired'; readonly limitMs: number }
  /** A whole frame that breaks the rules of the wire. */
  | { readonly code: 'broken_rule'; readonly rule: BrokenRule; readonly frameType: number }
  /** An ERROR frame; one of `WIRE_ERRORS`, or a code of a later version. */
  | { readonly code: 'refused'; readonly errorCode: number };

/** Which rule of the wire a whole frame broke. */
export type BrokenRule = 'unexpected_type' | 'bad_body' | 'bad_fragment' | 'bad_limit' | 'bad_version';

/** A frame that is on its way, with all that is needed to send it again. */
export type Awaiting = {
  readonly tag: 'awaiting';
  readonly request: HostRequest['tag'];
  readonly sentType: number;
  readonly sentSeq: number;
  readonly sentBytes: Uint8Array;
  /** Kept for the prologue of the session. */
  readonly sentBody: Uint8Array;
  readonly resendsLeft: number;
  readonly timeoutMs: number;
  /** When to send again. */
  readonly replyDeadlineMs: number;
  /** When the silence inside a frame is too long; undefined outside a frame. */
  readonly innerDeadlineMs: number | undefined;
  /** Since when the token's time runs. */
  readonly runningSinceMs: number;
  readonly message: MessageProgress;
};

/** What of a message is done, over all the frames that it takes. */
export type MessageProgress = {
  /** Fragments still to be sent. */
  readonly unsent: readonly Uint8Array[];
  /** Fragments of the answer that came; undefined before the first. */
  readonly incoming: Reassembly | undefined;
  readonly droppedCount: number;
  readonly sawText: boolean;
  /** By when WAIT must end; undefined before the first WAIT. */
  readonly waitDeadlineMs: number | undefined;
};

/** Where the exchange stands. */
export type HostPhase =
  | { readonly tag: 'idle' }
  | Awaiting
  | { readonly tag: 'pausing'; readonly pollAtMs: number; readonly message: MessageProgress };

/** The host's end of the line: plain data. */
export type HostExchange = {
  /** The limit that the host announces, in decoded bytes. */
  readonly frameLimitBytes: number;
  /** What both sides take; the smallest limit until HELLO is answered. */
  readonly sendLimitBytes: number;
  /** Whether a HELLO was answered and nothing failed since. */
  readonly open: boolean;
  readonly opTimeMs: number;
  readonly nextSeq: number;
  readonly budgetLeftMs: number;
  readonly waitTotalMs: number;
  readonly splitter: FrameSplitter;
  readonly phase: HostPhase;
};

/** A state and what is to be done. */
export type HostExchangeStep = {
  readonly state: HostExchange;
  readonly effects: readonly HostExchangeEffect[];
};

/**
 * A host before its first HELLO. `firstSeq` is any byte; a fresh one for each opening of the port keeps an answer that
 * was queued for an earlier host from being taken for ours.
 */
export function hostExchangeStart(options: {
  readonly firstSeq: number;
  readonly frameLimitBytes?: number;
  readonly waitTotalMs?: number;
}): HostExchange {
  const frameLimitBytes = options.frameLimitBytes ?? FRAME_LIMIT_MAX;
  assert(isFrameLimit(frameLimitBytes), 'the announced frame limit is within its bounds');
  return {
    frameLimitBytes,
    sendLimitBytes: FRAME_LIMIT_MIN,
    open: false,
    opTimeMs: 0,
    nextSeq: options.firstSeq & 0xff,
    budgetLeftMs: TOKEN_BUDGET_MS,
    waitTotalMs: options.waitTotalMs ?? WAIT_TOTAL_MAX_MS,
    splitter: splitterStart(frameLimitBytes),
    phase: { tag: 'idle' },
  };
}
