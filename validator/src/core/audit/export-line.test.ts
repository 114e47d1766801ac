import { toBase64 } from '@chiavetta/protocol/bytes';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../ports/audit-log.ts';
import { appendEntries } from './append-entries.ts';
import { signCheckpoint } from './checkpoint.ts';
import { exportedCheckpoint, exportedEntry, readAuditExport } from './export-line.ts';
import { emptyFrontier, frontierRoot } from './merkle-tree.ts';
import { verifyAudit } from './verify-audit.ts';

const crypto = nobleCrypto;
const secret = new Uint8Array(32).fill(9);
const publicKey = crypto.ed25519PublicKey(secret);

const { entries, frontier } = appendEntries(crypto, {
  frontier: emptyFrontier,
  headOf: () => undefined,
  atMs: 1_700_000_000_000,
  drafts: [
    {
      subject: 'customer:7',
      event: 'customer.added',
      operator: 'anna',
      customer: '7',
      reason: 'caffè "uno"',
    },
    {
      subject: '000000000042',
      event: 'token.bound',
      operator: 'anna',
      approvers: ['bruno'],
      serial: '000000000042',
    },
    { subject: '000000000042', event: 'code.accepted', detail: { skipped: 3, fob: true, kind: 'hotp' } },
  ],
});
const checkpoint = signCheckpoint(crypto, {
  secret,
  head: { count: frontier.count, root: frontierRoot(crypto, frontier) },
  atMs: 1_700_000_000_001,
});
const lines = [
  ...entries.map((entry) => exportedEntry(words(entry))),
  exportedCheckpoint({
    count: checkpoint.count,
    atMs: checkpoint.atMs,
    root: toBase64(checkpoint.root),
    signature: toBase64(checkpoint.signature),
  }),
];

function words(entry: AuditEntry): Parameters<typeof exportedEntry>[0] {
  return { ...entry, previous: toBase64(entry.previous), hash: toBase64(entry.hash) };
}

function verdictOf(changed: readonly string[]) {
  const { rows, checkpoints, badLines } = readAuditExport(changed);
  return { badLines, verdict: verifyAudit({ crypto, publicKey, rows, checkpoints }) };
}

describe('an exported log', () => {
  test('reads back as the log that was exported', () => {
    const { badLines, verdict } = verdictOf(lines);
    expect(badLines).toEqual([]);
    expect(verdict).toMatchObject({ outcome: 'intact', count: 3, witnessedCount: 3 });
  });

  test.each([
    ['a word of an entry', 0, (line: string) => line.replace('uno', 'due'), 'edited'],
    ['an approver', 1, (line: string) => line.replace('bruno', 'carla'), 'edited'],
    ['a number of a detail', 2, (line: string) => line.replace('"skipped":3', '"skipped":0'), 'edited'],
  ])('names the entry when %s was changed', (_what, index, change, fault) => {
    const { verdict } = verdictOf(lines.map((line, at) => (at === index ? change(line) : line)));
    expect(verdict).toMatchObject({ outcome: 'broken', findings: [{ fault, index }] });
  });

  test('shows a removed entry, a removed end and a swap', () => {
    expect(verdictOf(lines.filter((_line, index) => index !== 1)).verdict.outcome).toBe('broken');
    expect(verdictOf(lines.filter((_line, index) => index !== 2)).verdict).toMatchObject({
      outcome: 'broken',
      findings: [{ fault: 'truncated', index: 2 }],
    });
    expect(verdictOf([lines[1], lines[0], ...lines.slice(2)].map(String)).verdict.outcome).toBe('broken');
  });

  test('has one spelling: blanks, more fields, another order and what is no JSON are bad lines', () => {
    const [first = ''] = lines;
    for (const other of [
      `${first} `,
      first.replace('{"v":1', '{"v":1,"more":2'),
      first.replace('"v":1,"type":"entry"', '"type":"entry","v":1'),
      first.replace('caff', '\\u0063aff'),
      'not json',
      '[]',
      '{}',
      '',
    ]) {
      expect(readAuditExport([other])).toEqual({ rows: [], checkpoints: [], badLines: [1] });
    }
  });
});
