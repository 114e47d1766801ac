import { concatBytes } from '@chiavetta/protocol/bytes';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { nodeCrypto as crypto } from '../../adapters/node-crypto/index.ts';
import type { AuditDraft, AuditRow, SignedCheckpoint } from '../../ports/audit-log.ts';
import { appendEntries } from './append-entries.ts';
import { signCheckpoint } from './checkpoint.ts';
import { encodeAuditBody } from './entry-body.ts';
import { emptyFrontier, frontierRoot, leafHash } from './merkle-tree.ts';
import type { AuditEvidence, AuditFinding, AuditProgress } from './verify-audit.ts';
import { verifyAudit } from './verify-audit.ts';

const secret = new Uint8Array(32).fill(3);
const publicKey = crypto.ed25519PublicKey(secret);
const SUBJECTS = ['000000000001', '000000000002', 'customer:7', 'operator:anna', 'store'] as const;

type Log = { readonly rows: readonly AuditRow[]; readonly checkpoints: readonly SignedCheckpoint[] };

/** A log as a store would write it, with a checkpoint at each of the counts. `salt` makes another history. */
function writeLog(job: { count: number; checkpointsAt: readonly number[]; saltFrom?: number }): Log {
  const rows: AuditRow[] = [];
  const checkpoints: SignedCheckpoint[] = [];
  let frontier = emptyFrontier;
  for (let index = 0; index < job.count; index += 1) {
    const draft: AuditDraft = {
      subject: SUBJECTS[(index * index) % SUBJECTS.length] ?? 'store',
      event: index % 3 === 0 ? 'code.accepted' : 'code.refused',
      operator: 'anna',
      approvers: ['bruno'],
      customer: `customer-${index}`,
      reason: index >= (job.saltFrom ?? Infinity) ? 'another history' : 'used before',
      detail: { skipped: index % 4, counter: index * 3 },
    };
    const added = appendEntries(crypto, {
      frontier,
      headOf: (subject) => {
        const last = rows.findLast((row) => row.subject === subject);
        return last && { count: last.subjectIndex + 1, hash: last.hash };
      },
      drafts: [draft],
      atMs: 1_700_000_000_000 + index,
    });
    rows.push(...added.rows);
    frontier = added.frontier;
    if (job.checkpointsAt.includes(frontier.count)) {
      const head = { count: frontier.count, root: frontierRoot(crypto, frontier) };
      checkpoints.push(signCheckpoint(crypto, { secret, head, atMs: 1_700_000_000_000 + index }));
    }
  }
  return { rows, checkpoints };
}

const verify = (log: Log, more: Partial<AuditEvidence> = {}) =>
  verifyAudit({ crypto, publicKey, rows: log.rows, checkpoints: log.checkpoints, ...more });

const findingsIn = (log: Log, more: Partial<AuditEvidence> = {}): readonly AuditFinding[] => {
  const verdict = verify(log, more);
  return verdict.outcome === 'broken' ? verdict.findings : [];
};

const withByteFlipped = (bytes: Uint8Array, at: number, mask: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ mask : byte));

/** What someone who can write the store, but not sign, makes of an entry: bytes, hash and columns all agree. */
function forge(row: AuditRow, change: Partial<AuditDraft>, previous: Uint8Array): AuditRow {
  const { index, subject, subjectIndex } = row;
  const body = encodeAuditBody({
    index,
    subject,
    subjectIndex,
    atMs: 1,
    event: 'forged',
    previous,
    ...change,
  });
  return { ...row, body, hash: leafHash(crypto, body) };
}

describe('the verification of an audit log', () => {
  const LOG = writeLog({ count: 60, checkpointsAt: [20, 40, 60] });

  test('finds an untouched log intact and says how far it is witnessed', () => {
    expect(verify(LOG)).toMatchObject({ outcome: 'intact', count: 60, witnessedCount: 60 });
    expect(verify({ ...LOG, checkpoints: LOG.checkpoints.slice(0, 2) })).toMatchObject({
      witnessedCount: 40,
    });
    expect(verify({ rows: [], checkpoints: [] })).toMatchObject({ outcome: 'intact', count: 0 });
  });

  describe('of 100 KB and more', () => {
    let log: Log;
    let progress: AuditProgress[];
    beforeAll(() => {
      log = writeLog({ count: 560, checkpointsAt: [560] });
      progress = [{ frontier: emptyFrontier, subjects: new Map() }];
      for (const row of log.rows) {
        const before = verify({ rows: [row], checkpoints: [] }, { from: progress.at(-1) });
        if (before.outcome !== 'intact') throw new Error('the log is intact');
        progress.push(before.progress);
      }
    });

    test('finds every single changed byte and names its entry', () => {
      let byteCount = 0;
      for (const [index, row] of log.rows.entries()) {
        const named = { fault: 'edited', index, subject: row.subject };
        // What was verified before the entry is not verified again for each of its bytes.
        const more = { from: progress[index], findingsMax: 1 };
        for (const part of ['body', 'hash'] as const) {
          for (let at = 0; at < row[part].length; at += 1) {
            const mask = 1 << (byteCount % 8);
            const rows = [{ ...row, [part]: withByteFlipped(row[part], at, mask) }];
            const [found] = findingsIn({ rows, checkpoints: [] }, more);
            if (found?.fault !== 'edited' || found.index !== index || found.subject !== row.subject) {
              expect(found).toEqual(named);
            }
            byteCount += 1;
          }
        }
      }
      expect(byteCount).toBeGreaterThanOrEqual(100 * 1024);
    });

    test('finds changed bytes in one reading from the first entry to the last, too', () => {
      fc.assert(
        fc.property(
          fc.nat(log.rows.length - 1),
          fc.nat(),
          fc.integer({ min: 1, max: 255 }),
          (index, where, mask) => {
            const rows = log.rows.map((row, other) =>
              other === index
                ? { ...row, body: withByteFlipped(row.body, where % row.body.length, mask) }
                : row,
            );
            const subject = log.rows[index]?.subject;
            expect(findingsIn({ ...log, rows })).toEqual([{ fault: 'edited', index, subject }]);
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  test('finds every dropped entry and names it', () => {
    for (const [index, row] of LOG.rows.entries()) {
      const found = findingsIn({ ...LOG, rows: LOG.rows.filter((other) => other !== row) });
      const isLast = index === LOG.rows.length - 1;
      expect(found[0]).toMatchObject({ fault: isLast ? 'truncated' : 'missing', index });
      const hasSuccessor = LOG.rows.slice(index + 1).some(({ subject }) => subject === row.subject);
      expect(found[0]?.subject).toBe(hasSuccessor ? row.subject : undefined);
      expect(found).toHaveLength(1);
    }
  });

  test('finds every entry that is there twice and names it', () => {
    for (const [index, row] of LOG.rows.entries()) {
      const rows = LOG.rows.toSpliced(index, 0, row);
      expect(findingsIn({ ...LOG, rows })).toEqual([{ fault: 'duplicated', index, subject: row.subject }]);
    }
  });

  test('finds every two entries that changed places and names both', () => {
    const log = { rows: LOG.rows.slice(0, 25), checkpoints: LOG.checkpoints.slice(0, 1) };
    for (const [first, left] of log.rows.entries()) {
      for (const [second, right] of log.rows.entries()) {
        if (first >= second) continue;
        const content = (row: AuditRow) => ({ body: row.body, hash: row.hash, subject: row.subject });
        const rows = log.rows
          .with(first, { ...left, ...content(right) })
          .with(second, { ...right, ...content(left) });
        const found = findingsIn({ ...log, rows });
        expect(found).toContainEqual({ fault: 'misplaced', index: first, subject: right.subject });
        expect(found).toContainEqual({ fault: 'misplaced', index: second, subject: left.subject });
      }
    }
  });

  test('finds an entry that was edited together with its hash, by the next entry of its subject', () => {
    for (const [index, row] of LOG.rows.entries()) {
      const before = LOG.rows.slice(0, index).findLast(({ subject }) => subject === row.subject);
      const forged = forge(row, {}, before?.hash ?? new Uint8Array(32));
      const next = LOG.rows.slice(index + 1).find(({ subject }) => subject === row.subject);
      const [found] = findingsIn({ ...LOG, rows: LOG.rows.with(index, forged) });
      if (next !== undefined) {
        // The checkpoint between the two may speak first; it names the range.
        const named =
          found?.fault === 'rewritten' ? { index: Math.floor(index / 20) * 20 } : { index: next.index };
        expect(found).toMatchObject(named);
      } else {
        expect(found).toEqual({ fault: 'rewritten', index: Math.floor(index / 20) * 20, upTo: 60 });
      }
    }
  });

  test('finds a tail that was written anew and names the range between two checkpoints', () => {
    const other = writeLog({ count: 60, checkpointsAt: [], saltFrom: 25 });
    expect(findingsIn({ rows: other.rows, checkpoints: LOG.checkpoints })[0]).toEqual({
      fault: 'rewritten',
      index: 20,
      upTo: 40,
    });
  });

  test('finds every truncation past a checkpoint and names the first entry that is gone', () => {
    for (let count = 0; count < 60; count += 1) {
      expect(findingsIn({ ...LOG, rows: LOG.rows.slice(0, count) })).toEqual([
        { fault: 'truncated', index: count, upTo: 60 },
      ]);
    }
  });

  test('finds a cut after the last checkpoint by what the store says of its own head', () => {
    const log = { rows: LOG.rows.slice(0, 50), checkpoints: LOG.checkpoints.slice(0, 2) };
    expect(verify(log).outcome).toBe('intact');
    const head = { count: 60, root: LOG.checkpoints[2]?.root ?? new Uint8Array(32) };
    expect(findingsIn(log, { head })).toEqual([{ fault: 'truncated', index: 50, upTo: 60 }]);
    expect(findingsIn(LOG, { head: { count: 60, root: new Uint8Array(32) } })).toEqual([
      { fault: 'head_differs', index: 60 },
    ]);
  });

  test('finds a fork: two histories that one key signed', () => {
    const other = writeLog({ count: 60, checkpointsAt: [30, 40, 60], saltFrom: 25 });
    const both = [...LOG.checkpoints, ...other.checkpoints];
    for (const { rows } of [LOG, other]) {
      const found = findingsIn({ rows, checkpoints: both });
      expect(found).toContainEqual({ fault: 'forked', index: 40 });
      expect(found).toContainEqual({ fault: 'forked', index: 60 });
    }
    // Seen by one reader at 30 and by another at 40: no count is there twice.
    const apart = [...LOG.checkpoints.slice(0, 2), ...other.checkpoints.slice(0, 1)];
    expect(findingsIn({ rows: LOG.rows, checkpoints: apart })[0]).toEqual({
      fault: 'rewritten',
      index: 20,
      upTo: 30,
    });
    expect(findingsIn({ rows: other.rows, checkpoints: apart })[0]).toEqual({
      fault: 'rewritten',
      index: 30,
      upTo: 40,
    });
  });

  test('finds a checkpoint that the key did not sign', () => {
    const [first, ...rest] = LOG.checkpoints;
    const forged = {
      ...(first ?? signCheckpoint(crypto, { secret, head: { count: 0, root: publicKey }, atMs: 0 })),
      count: 19,
    };
    expect(findingsIn({ rows: LOG.rows, checkpoints: [forged, ...rest] })).toEqual([
      { fault: 'checkpoint_forged', index: 19 },
    ]);
    const stranger = crypto.ed25519PublicKey(new Uint8Array(32).fill(4));
    expect(findingsIn(LOG, { publicKey: stranger }).map(({ fault }) => fault)).toEqual(
      LOG.checkpoints.map(() => 'checkpoint_forged'),
    );
  });

  test('goes on where it stopped, and stops after as many findings as asked', () => {
    const half = verify({ rows: LOG.rows.slice(0, 30), checkpoints: [] });
    const from = half.outcome === 'intact' ? half.progress : undefined;
    expect(verify({ ...LOG, rows: LOG.rows.slice(30) }, { from })).toMatchObject({
      outcome: 'intact',
      count: 60,
    });
    const noise = LOG.rows.map((row) => ({ ...row, body: concatBytes(row.body, row.body) }));
    expect(findingsIn({ ...LOG, rows: noise })).toHaveLength(20);
    expect(findingsIn({ ...LOG, rows: noise }, { findingsMax: 3 })).toHaveLength(3);
  });

  test('gives an answer whatever the rows are', () => {
    const bytes = fc.uint8Array({ maxLength: 80 });
    const row = fc.record({
      index: fc.oneof(fc.integer(), fc.double(), fc.nat(5)),
      subject: fc.string(),
      subjectIndex: fc.oneof(fc.integer(), fc.double()),
      body: fc.oneof(bytes, fc.constantFrom(...LOG.rows.slice(0, 6).map(({ body }) => body))),
      hash: fc.oneof(bytes, fc.constantFrom(...LOG.rows.slice(0, 6).map(({ hash }) => hash))),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        expect(verify({ ...LOG, rows }).outcome).toBe('broken');
      }),
    );
  });
});
