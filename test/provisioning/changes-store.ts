import type { Change, RecordTypes, Store } from '@chiavetta/validator';
import type { FaultPlan } from '@chiavetta/validator/memory';
import { memoryStore } from '@chiavetta/validator/memory';
import { quickCrypto } from './quick-crypto.ts';

/** Everything that was ever committed to a store, in order: enough to make the same store again. */
export type StoreHistory = readonly Change<RecordTypes>[];

/** A store in memory that begins with a history and remembers what follows. */
export interface ChangesStore {
  readonly store: Store<RecordTypes>;
  readonly history: () => StoreHistory;
}

/** Commits the history again: versions and sealed records come out as they were. Faults concern what follows only. */
export async function changesStore(options: {
  readonly history: StoreHistory;
  readonly nowMs: () => number;
  readonly fault?: FaultPlan['fault'];
}): Promise<ChangesStore> {
  const { history, nowMs, fault } = options;
  const made: Change<RecordTypes>[] = [];
  let isReplayed = false;
  const memory = memoryStore<RecordTypes>({
    crypto: quickCrypto,
    clock: { nowMs },
    checkpointSecret: new Uint8Array(32).fill(9),
    ...(fault === undefined ? {} : { fault: (call) => (isReplayed ? fault(call) : 'none') }),
  });
  const store: Store<RecordTypes> = {
    ...memory,
    commit: async (change) => {
      const outcome = await memory.commit(change);
      if (outcome.outcome === 'committed') made.push(change);
      return outcome;
    },
  };
  for (const change of history) await store.commit(change);
  isReplayed = true;
  return { store, history: () => [...made] };
}
