import type { FastifyBaseLogger } from 'fastify';
import type { Outbox } from '../ports/store.ts';

/** Delivers waiting messages now and then, one delivery at a time. */
export interface MailDelivery {
  /** Delivers what waits, after what is under way. A failure is logged; the messages stay in the store. */
  readonly deliver: () => Promise<void>;
  /** A last delivery, and no more after it. */
  readonly stop: () => Promise<void>;
}

const BETWEEN_MS = 500;

/** Carries messages from the outbox to wherever `carry` puts them. */
export function mailDelivery(parts: {
  readonly outbox: Outbox;
  readonly carry: () => Promise<{ readonly failed: readonly { readonly id: number }[] }>;
  readonly log: FastifyBaseLogger;
}): MailDelivery {
  let line = Promise.resolve();
  const carryOnce = async (): Promise<void> => {
    try {
      const [waiting] = await parts.outbox.claim(1);
      if (waiting === undefined) return;
      const { failed } = await parts.carry();
      for (const { id } of failed) parts.log.error({ mail: id }, 'a message cannot be composed');
    } catch (err) {
      parts.log.error({ err }, 'messages cannot be delivered now');
    }
  };
  const deliver = (): Promise<void> => {
    line = line.then(carryOnce);
    return line;
  };
  const timer = setInterval(() => void deliver(), BETWEEN_MS);
  timer.unref();
  return {
    deliver,
    stop: async () => {
      clearInterval(timer);
      await deliver();
    },
  };
}
