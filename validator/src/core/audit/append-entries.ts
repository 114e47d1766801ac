import { assert } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { AuditDraft, AuditEntry, AuditRow } from '../../ports/audit-log.ts';
import { decodeAuditBody, encodeAuditBody } from './entry-body.ts';
import type { MerkleFrontier } from './merkle-tree.ts';
import { AUDIT_HASH_BYTES, appendLeaf, leafHash } from './merkle-tree.ts';

/** Where the chain of a subject stands: how many entries it has and the hash of the last. */
export type SubjectHead = { readonly count: number; readonly hash: Uint8Array };

/** What one commit adds to the log. */
export type Appended = {
  readonly rows: readonly AuditRow[];
  readonly entries: readonly AuditEntry[];
  readonly frontier: MerkleFrontier;
};

/** Where every chain starts. */
export const firstSubjectHead: SubjectHead = { count: 0, hash: new Uint8Array(AUDIT_HASH_BYTES) };

/**
 * Puts drafts at the end of the log, each at the end of its subject's chain. `headOf` tells where a chain stands in
 * the store; chains that several drafts of one call continue are followed here.
 */
export function appendEntries(
  crypto: Crypto,
  log: {
    readonly frontier: MerkleFrontier;
    readonly headOf: (subject: string) => SubjectHead | undefined;
    readonly drafts: readonly AuditDraft[];
    readonly atMs: number;
  },
): Appended {
  const heads = new Map<string, SubjectHead>();
  const rows: AuditRow[] = [];
  const entries: AuditEntry[] = [];
  let frontier = log.frontier;
  for (const draft of log.drafts) {
    const head = heads.get(draft.subject) ?? log.headOf(draft.subject) ?? firstSubjectHead;
    const body = encodeAuditBody({
      ...draft,
      index: frontier.count,
      subjectIndex: head.count,
      atMs: log.atMs,
      previous: head.hash,
    });
    const row = rowOfBody(crypto, body);
    rows.push(row);
    entries.push(entryOfRow(row));
    heads.set(draft.subject, { count: head.count + 1, hash: row.hash });
    frontier = appendLeaf(crypto, frontier, row.hash);
  }
  return { rows, entries, frontier };
}

/** The entry that a sound row holds. A row of unknown origin goes through `verifyAudit` first. */
export function entryOfRow(row: AuditRow): AuditEntry {
  const content = decodeAuditBody(row.body);
  assert(content.ok, 'a row of the log holds an entry');
  return { ...content.value, hash: row.hash };
}

function rowOfBody(crypto: Crypto, body: Uint8Array): AuditRow {
  const content = decodeAuditBody(body);
  assert(content.ok, 'what was encoded as an entry reads as an entry');
  const { index, subject, subjectIndex } = content.value;
  return { index, subject, subjectIndex, body, hash: leafHash(crypto, body) };
}
