import type { RecordTypes } from '../core/records.ts';
import type { Expected } from '../ports/store.ts';
import { changeOf } from '../ports/store.ts';
import type { ValidatorPorts } from '../ports/validator-ports.ts';

const PAGE_RECORDS = 200;

/** What a round of tidying removed. */
export type Reaped = { readonly challenges: number; readonly sessions: number };

/**
 * Removes challenges that are long over and sessions that rested too long. Nothing depends on it but the size of the
 * store: what is left over is refused all the same. A record that changes meanwhile is left for the next round.
 *
 * @throws StoreError when the store fails.
 */
export async function reapExpired(ports: ValidatorPorts): Promise<Reaped> {
  const nowMs = ports.clock.nowMs();
  const { keptMs } = ports.policy.challenge;
  const { inactivityMs } = ports.policy.session;
  return {
    challenges: await reap(ports, 'challenge', (value) => nowMs - value.expiresAtMs >= keptMs),
    sessions: await reap(ports, 'session', (value) => nowMs - value.lastSeenMs >= inactivityMs),
  };
}

async function reap<K extends 'challenge' | 'session'>(
  ports: ValidatorPorts,
  kind: K,
  isOver: (value: RecordTypes[K]) => boolean,
): Promise<number> {
  let removed = 0;
  let afterId: string | undefined;
  for (;;) {
    const page = await ports.store.list({
      kind,
      limit: PAGE_RECORDS,
      ...(afterId === undefined ? {} : { afterId }),
    });
    const removes: Expected<RecordTypes>[] = page
      .filter((one) => isOver(one.value))
      .map(({ id, version }) => ({ kind, id, expected: version }));
    if (removes.length > 0) {
      const { outcome } = await ports.store.commit(changeOf<RecordTypes>({ removes }));
      if (outcome === 'committed') removed += removes.length;
    }
    afterId = page.at(-1)?.id;
    if (page.length < PAGE_RECORDS || afterId === undefined) return removed;
  }
}
