import type { AuditDraft, AuditEntry, AuditLog } from './audit-log.ts';
import type { Mail, PendingMail } from './mail.ts';

/** Names of the kinds of record that a store holds. `Types` maps each kind to its value. */
export type RecordKind<Types> = keyof Types & string;

/** Which record. */
export type RecordKey<Types, K extends RecordKind<Types> = RecordKind<Types>> = {
  readonly kind: K;
  /** Never given to another record after a removal, or a late writer could mistake the new one for the old. */
  readonly id: string;
};

/** A record as it was read. */
export type StoredRecord<Types, K extends RecordKind<Types>> = RecordKey<Types, K> & {
  /** 1 when created, one more at each change. */
  readonly version: number;
  readonly value: Types[K];
};

/** A key together with the version that the decision was made on; 0 says that the record must not exist. */
export type Expected<Types> = RecordKey<Types> & { readonly expected: number };

/** A new value for a record whose version is still the expected one; the new version is `expected + 1`. */
export type Put<Types> = {
  readonly [K in RecordKind<Types>]: RecordKey<Types, K> & {
    readonly expected: number;
    readonly value: Types[K];
  };
}[RecordKind<Types>];

/**
 * Everything that one decision changes. It is applied whole or not at all, and only if every named record still has
 * the version that the decision read. One record is named at most once.
 */
export type Change<Types> = {
  readonly puts: readonly Put<Types>[];
  readonly removes: readonly Expected<Types>[];
  /** Records that are not changed and on which the decision rests. */
  readonly checks: readonly Expected<Types>[];
  readonly audit: readonly AuditDraft[];
  readonly mails: readonly Mail[];
};

/** A change in which what is not named is empty. */
export function changeOf<Types>(parts: Partial<Change<Types>>): Change<Types> {
  return { puts: [], removes: [], checks: [], audit: [], mails: [], ...parts };
}

/** After `committed` the change is on the disk; after `conflict` nothing was changed: read and decide again. */
export type CommitOutcome =
  | { readonly outcome: 'committed'; readonly entries: readonly AuditEntry[] }
  | { readonly outcome: 'conflict' };

/** What `readMany` finds: one answer for each key, in the order asked. */
export type FoundRecords<Types, Keys extends readonly RecordKey<Types>[]> = {
  readonly [I in keyof Keys]: StoredRecord<Types, Keys[I]['kind']> | undefined;
};

/** Messages that wait for delivery. Delivery is at least once: a message stays until `done`. */
export interface Outbox {
  /** The oldest messages that are not done, at most `limit`. Asking again gives them again. */
  claim(limit: number): Promise<readonly PendingMail[]>;
  done(id: number): Promise<void>;
}

/**
 * A small document store with compare-and-swap over several records. Values are plain data of `null`, booleans,
 * numbers, texts, `bigint`, `Uint8Array`, arrays and objects; what is read is never shared with the store.
 *
 * @throws StoreError from every method when the world fails. docs/spec/validation.md, "Store".
 */
export interface Store<Types> {
  read<K extends RecordKind<Types>>(kind: K, id: string): Promise<StoredRecord<Types, K> | undefined>;
  /** All records as they were at one moment. */
  readMany<const Keys extends readonly RecordKey<Types>[]>(keys: Keys): Promise<FoundRecords<Types, Keys>>;
  /** Records of a kind in the order of their ids' UTF-8 bytes, after `afterId`, at most `limit`. */
  list<K extends RecordKind<Types>>(query: {
    readonly kind: K;
    readonly afterId?: string;
    readonly limit: number;
  }): Promise<readonly StoredRecord<Types, K>[]>;
  commit(change: Change<Types>): Promise<CommitOutcome>;
  readonly audit: AuditLog;
  readonly outbox: Outbox;
  /** Copies the store into a new file while it goes on working. */
  backup(toFile: string): Promise<void>;
  /** Ends what is under way, signs a last checkpoint and lets go of everything. Calling it again does nothing. */
  close(): Promise<void>;
}
