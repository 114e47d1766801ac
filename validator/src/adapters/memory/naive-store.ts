import type { Put, RecordKind, Store } from '../../ports/store.ts';

/**
 * The same store without its compare-and-swap: whoever writes last wins, as in a validator that reads, verifies and
 * then writes. It exists so that a race test can show that it notices.
 */
export function withoutCompareAndSwap<Types>(store: Store<Types>): Store<Types> {
  const versionOf = async (kind: RecordKind<Types>, id: string): Promise<number> =>
    (await store.read(kind, id))?.version ?? 0;
  return {
    ...store,
    commit: async (change) => {
      for (let triesLeft = NAIVE_TRIES_MAX; triesLeft > 0; triesLeft -= 1) {
        const puts: Put<Types>[] = [];
        for (const put of change.puts) puts.push({ ...put, expected: await versionOf(put.kind, put.id) });
        const removes = [];
        for (const key of change.removes) {
          const expected = await versionOf(key.kind, key.id);
          if (expected > 0) removes.push({ ...key, expected });
        }
        const answer = await store.commit({ ...change, puts, removes, checks: [] });
        if (answer.outcome === 'committed') return answer;
      }
      return { outcome: 'conflict' };
    },
  };
}

const NAIVE_TRIES_MAX = 1_000;
