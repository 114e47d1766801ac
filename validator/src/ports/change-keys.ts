import { assert } from '@chiavetta/protocol/bytes';
import type { Change } from './store.ts';

/** A record that a change names, and the version that it must have. */
export type NamedRecord = { readonly kind: string; readonly id: string; readonly expected: number };

/** Every record that a change names: the puts, the removes, the checks. Naming one twice is our bug and asserts. */
export function namedRecords<Types>(change: Change<Types>): readonly NamedRecord[] {
  const named = [...change.puts, ...change.removes, ...change.checks];
  const keys = new Set(named.map((record) => JSON.stringify([record.kind, record.id])));
  assert(keys.size === named.length, 'a change names each record once');
  assert(
    named.every((record) => Number.isSafeInteger(record.expected) && record.expected >= 0),
    'an expected version is 0 or a version',
  );
  assert(
    change.removes.every((record) => record.expected > 0),
    'only a record that exists is removed',
  );
  return named;
}
