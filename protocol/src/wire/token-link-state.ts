import { assert } from '../bytes/index.ts';
import type { WireErrorName } from './error-codes.ts';
import type { Hello } from './frame-hello.ts';
import type { HelloReply } from './frame-hello-reply.ts';
import type { WAIT_REASONS } from './frame-wait.ts';
import { FRAME_LIMIT_MIN, isFrameLimit } from './limits.ts';
import type { Reassembly } from './reassembly.ts';
import { reassemblyStart } from './reassembly.ts';
import type { FrameSplitter } from './splitter.ts';
import { splitterStart } from './splitter.ts';

/** What the host asks of the token's firmware. */
export type TokenRequest =
  | {
      readonly tag: 'hello';
      readonly hello: Hello /** For the prologue of the session. */;
      readonly helloBody: Uint8Array;
    }
  | { readonly tag: 'session'; readonly message: Uint8Array }
  | { readonly tag: 'close' };

/** What the firmware answers. */
export type TokenReply =
  | { readonly tag: 'hello'; readonly reply: HelloReply }
  | { readonly tag: 'session'; readonly message: Uint8Array }
  | { readonly tag: 'closed' }
  | { readonly tag: 'error'; readonly error: WireErrorName };

/** What happens to a token's link. */
export type TokenLinkEvent =
  /** Bytes came, in chunks of any size. */
  | { readonly tag: 'bytes'; readonly chunk: Uint8Array }
  /** The line was silent for `INTER_BYTE_TIMEOUT_MS`: a half frame is dropped. */
  | { readonly tag: 'silence' }
  /** The firmware's answer to the request of this number; that of an abandoned request is dropped. */
  | { readonly tag: 'reply'; readonly requestNumber: number; readonly reply: TokenReply }
  /** The firmware cannot answer this session message yet: a person is asked, or it is busy. */
  | {
      readonly tag: 'wait';
      readonly requestNumber: number;
      readonly reason: keyof typeof WAIT_REASONS;
      readonly retryAfterMs: number;
    };

/** What a token's link wants done. */
export type TokenLinkEffect =
  | { readonly tag: 'send'; readonly bytes: Uint8Array }
  /** A new request. Whatever the firmware still did for an earlier one is abandoned. */
  | { readonly tag: 'deliver'; readonly requestNumber: number; readonly request: TokenRequest };

/** How far the firmware is with the last delivered request. */
export type TokenWork =
  | { readonly tag: 'none' }
  | { readonly tag: 'asked'; readonly requestNumber: number; readonly kind: TokenRequest['tag'] }
  | {
      readonly tag: 'waiting';
      readonly requestNumber: number;
      readonly reason: number;
      readonly retryAfterMs: number;
    }
  | { readonly tag: 'ready'; readonly reply: TokenReply };

/**
 * The token's end of the line: plain data, at most one frame in, one frame out and one message at a time.
 * Start a new one whenever the cable is plugged in or the power comes back.
 */
export type TokenLink = {
  /** The limit that the token announces, in decoded bytes. */
  readonly frameLimitBytes: number;
  /** What both sides take; the smallest limit until a HELLO says the host's. */
  readonly sendLimitBytes: number;
  /** Whether a HELLO was answered: before it there is no session. */
  readonly open: boolean;
  readonly splitter: FrameSplitter;
  /** The last executed frame and, once it exists, its reply: a repeat is answered from here and never executed. */
  readonly last:
    | { readonly seq: number; readonly mark: Uint8Array; readonly reply: Uint8Array | undefined }
    | undefined;
  readonly incoming: Reassembly;
  /** The bodies of a long reply, for NEXT. */
  readonly outgoing: readonly Uint8Array[];
  readonly work: TokenWork;
  readonly requestCount: number;
};

/** A state and what is to be done. */
export type TokenLinkStep = { readonly state: TokenLink; readonly effects: readonly TokenLinkEffect[] };

/** A link on which nothing has come yet. */
export function tokenLinkStart({ frameLimitBytes }: { readonly frameLimitBytes: number }): TokenLink {
  assert(isFrameLimit(frameLimitBytes), 'the announced frame limit is within its bounds');
  return {
    frameLimitBytes,
    sendLimitBytes: FRAME_LIMIT_MIN,
    open: false,
    splitter: splitterStart(frameLimitBytes),
    last: undefined,
    incoming: reassemblyStart,
    outgoing: [],
    work: { tag: 'none' },
    requestCount: 0,
  };
}
