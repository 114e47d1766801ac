import { equalConstantTime } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { AuditHead, AuditRow, SignedCheckpoint } from '../../ports/audit-log.ts';
import type { SubjectHead } from './append-entries.ts';
import { firstSubjectHead } from './append-entries.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { decodeAuditBody } from './entry-body.ts';
import type { MerkleFrontier } from './merkle-tree.ts';
import { appendLeaf, emptyFrontier, frontierRoot, leafHash } from './merkle-tree.ts';

/** What can be wrong with a log. */
export type AuditFault =
  /** The bytes of the entry are not those that were hashed. */
  | 'edited'
  | 'missing'
  | 'duplicated'
  /** The entry was written for another place in the log. */
  | 'misplaced'
  /** The entry does not continue its subject's chain. */
  | 'chain_broken'
  /** A checkpoint that the store signed does not fit entries `index` to `upTo - 1`: rewritten, or a fork. */
  | 'rewritten'
  /** Two checkpoints that the store signed contradict each other about the first `index` entries. */
  | 'forked'
  /** The log ends before entry `index`, which a checkpoint or the store's own head covers. */
  | 'truncated'
  /** The store's own head does not fit the log. */
  | 'head_differs'
  | 'checkpoint_forged'
  /** A line of the witness file is no checkpoint; `index` is the line's number, from 1. */
  | 'witness_damaged'
  /** The store signed checkpoints, and the witness file that should hold them is gone or empty; `index` is their number. */
  | 'witness_missing';

/** One thing that is wrong, and where. */
export type AuditFinding = {
  readonly fault: AuditFault;
  /** The entry's place in the log; for a forged checkpoint its count. */
  readonly index: number;
  /** Whose entry it is, where that is known. */
  readonly subject?: string;
  /** The end of the range, where no single entry can be named. */
  readonly upTo?: number;
};

/** How far a verification has come: where the next call may go on. */
export type AuditProgress = {
  readonly frontier: MerkleFrontier;
  readonly subjects: ReadonlyMap<string, SubjectHead>;
};

/** `intact` says: these entries are those that were written, as far as the last checkpoint reaches. */
export type AuditVerdict =
  | {
      readonly outcome: 'intact';
      readonly count: number;
      readonly root: Uint8Array;
      /** Entries that a signed checkpoint covers; the end of the log after them could be cut off unseen. */
      readonly witnessedCount: number;
      readonly progress: AuditProgress;
    }
  | { readonly outcome: 'broken'; readonly findings: readonly AuditFinding[] };

/** What is verified, and against what. */
export type AuditEvidence = {
  readonly crypto: Crypto;
  readonly rows: Iterable<AuditRow>;
  readonly checkpoints: readonly SignedCheckpoint[];
  /** The store's Ed25519 checkpoint key, from a place that is not the store. */
  readonly publicKey: Uint8Array;
  /** What the store itself says that its head is. */
  readonly head?: AuditHead | undefined;
  readonly from?: AuditProgress | undefined;
  readonly findingsMax?: number | undefined;
};

/** Findings after which a verification stops, unless told. */
const AUDIT_FINDINGS_MAX = 20;

/** Reads a log from its first entry (or `from`) to its last and finds what is wrong with it. Total. */
export function verifyAudit(evidence: AuditEvidence): AuditVerdict {
  const walk = startWalk(evidence);
  const max = evidence.findingsMax ?? AUDIT_FINDINGS_MAX;
  checkRoots(walk);
  for (const row of evidence.rows) {
    if (walk.findings.length >= max) break;
    checkRow(walk, row);
    checkRoots(walk);
  }
  if (walk.findings.length < max) checkEnd(walk, evidence.head);
  if (walk.findings.length > 0) return { outcome: 'broken', findings: walk.findings.slice(0, max) };
  return {
    outcome: 'intact',
    count: walk.frontier.count,
    root: frontierRoot(walk.crypto, walk.frontier),
    witnessedCount: walk.matchedCount,
    progress: { frontier: walk.frontier, subjects: walk.subjects },
  };
}

type Walk = {
  readonly crypto: Crypto;
  readonly findings: AuditFinding[];
  readonly subjects: Map<string, SubjectHead>;
  /** Genuine checkpoints that are not compared yet, smallest count last. */
  readonly ahead: SignedCheckpoint[];
  /** Where the next entry belongs. */
  place: number;
  /** The tree over the entries so far, as long as `rootsCount`. */
  frontier: MerkleFrontier;
  /** The largest count at which a checkpoint fitted. */
  matchedCount: number;
  /** False once a row is missing or misplaced: the roots after it are bound to differ and say nothing new. */
  rootsCount: boolean;
};

function startWalk(evidence: AuditEvidence): Walk {
  const from = evidence.from ?? { frontier: emptyFrontier, subjects: new Map() };
  const findings: AuditFinding[] = [];
  const ahead: SignedCheckpoint[] = [];
  const rootAt = new Map<number, Uint8Array>();
  for (const checkpoint of evidence.checkpoints) {
    if (!verifyCheckpoint(evidence.crypto, checkpoint, evidence.publicKey)) {
      findings.push({ fault: 'checkpoint_forged', index: checkpoint.count });
      continue;
    }
    const other = rootAt.get(checkpoint.count);
    if (other !== undefined && !equalConstantTime(other, checkpoint.root)) {
      findings.push({ fault: 'forked', index: checkpoint.count });
    }
    rootAt.set(checkpoint.count, checkpoint.root);
    if (checkpoint.count >= from.frontier.count) ahead.push(checkpoint);
  }
  ahead.sort((left, right) => right.count - left.count);
  return {
    crypto: evidence.crypto,
    findings,
    subjects: new Map(from.subjects),
    ahead,
    place: from.frontier.count,
    frontier: from.frontier,
    matchedCount: 0,
    rootsCount: true,
  };
}

function checkRow(walk: Walk, row: AuditRow): void {
  const place = walk.place;
  if (row.index < place) {
    walk.findings.push({ fault: 'duplicated', index: row.index, subject: row.subject });
    return;
  }
  const content = decodeAuditBody(row.body);
  const named = { index: row.index, subject: row.subject };
  const hashed = equalConstantTime(leafHash(walk.crypto, row.body), row.hash);
  if (row.index > place) noteMissing(walk, row.index);
  if (!hashed || !content.ok) {
    walk.findings.push({ fault: 'edited', ...named });
  } else if (content.value.index !== row.index) {
    walk.findings.push({ fault: 'misplaced', index: row.index, subject: content.value.subject });
    walk.rootsCount = false;
  } else if (content.value.subject !== row.subject || content.value.subjectIndex !== row.subjectIndex) {
    walk.findings.push({ fault: 'edited', index: row.index, subject: content.value.subject });
  } else {
    checkChain(walk, row, content.value.previous);
  }
  // After an edited entry the walk goes on with what was kept beside it, so that one fault is one finding.
  walk.subjects.set(row.subject, { count: row.subjectIndex + 1, hash: row.hash });
  walk.place = row.index + 1;
  if (walk.rootsCount) walk.frontier = appendLeaf(walk.crypto, walk.frontier, row.hash);
}

function checkChain(walk: Walk, row: AuditRow, previous: Uint8Array): void {
  const head = walk.subjects.get(row.subject) ?? firstSubjectHead;
  if (head.count === row.subjectIndex && equalConstantTime(head.hash, previous)) return;
  // A hole in the chain tells whose entry it was that is missing from the log.
  const holes = walk.findings.filter((finding) => finding.fault === 'missing');
  const hole = holes.find((finding) => finding.subject === undefined && finding.upTo === undefined);
  if (hole !== undefined && holes.length === 1 && row.subjectIndex === head.count + 1) {
    walk.findings[walk.findings.indexOf(hole)] = { ...hole, subject: row.subject };
    return;
  }
  walk.findings.push({ fault: 'chain_broken', index: row.index, subject: row.subject });
}

/** Names the entries between the last one and `upTo`. */
function noteMissing(walk: Walk, upTo: number): void {
  const place = walk.place;
  const single = upTo === place + 1;
  walk.findings.push({ fault: 'missing', index: place, ...(single ? {} : { upTo }) });
  walk.rootsCount = false;
}

/** Compares the root with every checkpoint that covers exactly the entries read so far. */
function checkRoots(walk: Walk): void {
  for (let next = walk.ahead.at(-1); next !== undefined; next = walk.ahead.at(-1)) {
    if (next.count > walk.place) return;
    walk.ahead.pop();
    if (!walk.rootsCount || next.count < walk.place) continue;
    if (equalConstantTime(frontierRoot(walk.crypto, walk.frontier), next.root)) {
      walk.matchedCount = next.count;
      continue;
    }
    // An edited entry already explains it, unless what was kept beside it fits the checkpoint.
    if (walk.findings.length === 0) {
      walk.findings.push({ fault: 'rewritten', index: walk.matchedCount, upTo: next.count });
    }
  }
}

function checkEnd(walk: Walk, head: AuditHead | undefined): void {
  const count = walk.place;
  const largest = Math.max(walk.ahead[0]?.count ?? 0, head?.count ?? 0);
  if (largest > count) {
    walk.findings.push({ fault: 'truncated', index: count, upTo: largest });
    return;
  }
  if (head === undefined || walk.findings.length > 0) return;
  if (head.count !== count || !equalConstantTime(frontierRoot(walk.crypto, walk.frontier), head.root)) {
    walk.findings.push({ fault: 'head_differs', index: head.count });
  }
}
