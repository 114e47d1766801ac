import { assertNever } from '@chiavetta/protocol/bytes';
import type { HostExchangeEvent, HostReply, HostRequest, LinkFailure } from '@chiavetta/protocol/wire';
import { hostExchangeStart, hostExchangeStep } from '@chiavetta/protocol/wire';
import type { SerialLink } from '../ports/serial-link.ts';
import type { Timer } from '../ports/timer.ts';

/** How one request to the token ended. */
export type Answer =
  | { readonly tag: 'reply'; readonly reply: HostReply }
  | { readonly tag: 'link_failed'; readonly failure: LinkFailure }
  | { readonly tag: 'gone' };

/** One open port, spoken to by the rules of the wire: a request at a time, each ends in one answer. */
export interface Conversation {
  ask(request: HostRequest): Promise<Answer>;
}

/** Carries out what `hostExchangeStep` decides: bytes, one timer, and the end of the line. */
export function converse(options: {
  readonly link: SerialLink;
  readonly timer: Timer;
  readonly firstSeq: number;
  readonly frameLimitBytes?: number;
  readonly onWaiting?: (reason: 'person' | 'busy') => void;
  /** Aborted: nobody waits for the answer any more, and the line counts as gone. */
  readonly signal?: AbortSignal;
}): Conversation {
  const { link, timer, firstSeq, frameLimitBytes, onWaiting, signal } = options;
  let exchange = hostExchangeStart({
    firstSeq,
    ...(frameLimitBytes === undefined ? {} : { frameLimitBytes }),
  });
  let cancelTimer = (): void => undefined;
  let open: ((answer: Answer) => void) | undefined;
  let gone = false;

  const finish = (answer: Answer): void => {
    const ending = open;
    open = undefined;
    cancelTimer();
    ending?.(answer);
  };
  const feed = (event: HostExchangeEvent): void => {
    const step = hostExchangeStep(exchange, event);
    exchange = step.state;
    for (const effect of step.effects) {
      switch (effect.tag) {
        case 'send':
          link.write(effect.bytes);
          break;
        case 'deadline':
          cancelTimer();
          cancelTimer = timer.after(Math.max(0, effect.atMs - timer.nowMs()), () =>
            feed({ tag: 'timeout', nowMs: timer.nowMs() }),
          );
          break;
        case 'waiting':
          onWaiting?.(effect.reason);
          break;
        case 'deliver':
          finish({ tag: 'reply', reply: effect.reply });
          break;
        case 'fail':
          finish({ tag: 'link_failed', failure: effect.failure });
          break;
        default:
          assertNever(effect);
      }
    }
  };
  link.onBytes((chunk) => {
    if (!gone) feed({ tag: 'bytes', chunk, nowMs: timer.nowMs() });
  });
  const end = (): void => {
    gone = true;
    finish({ tag: 'gone' });
  };
  link.onGone(end);
  if (signal?.aborted === true) end();
  else signal?.addEventListener('abort', end, { once: true });
  return {
    ask: (request) =>
      new Promise((resolve) => {
        if (gone) {
          resolve({ tag: 'gone' });
          return;
        }
        open = resolve;
        feed({ tag: 'request', request, nowMs: timer.nowMs() });
      }),
  };
}
