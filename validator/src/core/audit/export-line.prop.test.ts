import { toBase64, toHex } from '@chiavetta/protocol/bytes';
import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditDraft, AuditEntry, AuditRow } from '../../ports/audit-log.ts';
import { appendEntries } from './append-entries.ts';
import type { CheckpointText } from './export-line.ts';
import { exportedCheckpoint, exportedEntry, readAuditExport } from './export-line.ts';
import { emptyFrontier } from './merkle-tree.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const bytes = (byteCount: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
const place = fc.maxSafeNat();
const detailValues = fc.oneof(
  text,
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const drafts: fc.Arbitrary<AuditDraft> = fc.record(
  {
    subject: text,
    event: text,
    operator: text,
    approvers: fc.array(text, { minLength: 1, maxLength: 3 }),
    customer: text,
    serial: text,
    reason: text,
    detail: fc.dictionary(text, detailValues, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  },
  { requiredKeys: ['subject', 'event'], noNullPrototype: true },
);
const logs = fc
  .tuple(fc.array(drafts, { minLength: 1, maxLength: 4 }), place)
  .map(([some, atMs]) =>
    appendEntries(crypto, { frontier: emptyFrontier, headOf: () => undefined, drafts: some, atMs }),
  );
const checkpoints = fc.record({ count: place, atMs: place, root: bytes(32), signature: bytes(64) });

function line(entry: AuditEntry): string {
  return exportedEntry({ ...entry, previous: toBase64(entry.previous), hash: toBase64(entry.hash) });
}

function words({
  count,
  atMs,
  root,
  signature,
}: {
  readonly count: number;
  readonly atMs: number;
  readonly root: Uint8Array;
  readonly signature: Uint8Array;
}): CheckpointText {
  return { count, atMs, root: toBase64(root), signature: toBase64(signature) };
}

function keyOf(row: AuditRow | undefined): string {
  return row === undefined ? 'none' : `${toHex(row.body)} ${toHex(row.hash)}`;
}

describe('the lines of an exported log', () => {
  test('read back as the rows and checkpoints that were exported', () => {
    fc.assert(
      fc.property(logs, checkpoints, ({ entries, rows }, checkpoint) => {
        const lines = [...entries.map(line), exportedCheckpoint(words(checkpoint))];
        expect(readAuditExport(lines)).toEqual({ rows, checkpoints: [checkpoint], badLines: [] });
      }),
    );
  });

  test('say something else or nothing with any one character changed, removed or doubled', () => {
    fc.assert(
      fc.property(logs, checkpoints, fc.nat(0x7e), ({ entries, rows }, checkpoint, code) => {
        const [entry] = entries;
        if (entry === undefined) return;
        const whole = line(entry);
        for (let at = 0; at < whole.length; at += 1) {
          const [before, own, after] = [whole.slice(0, at), whole.slice(at, at + 1), whole.slice(at + 1)];
          for (const other of [
            `${before}${after}`,
            `${before}${own}${own}${after}`,
            `${before}${String.fromCharCode(code)}${after}`,
          ]) {
            if (other === whole) continue;
            const read = readAuditExport([other]);
            expect(read.rows.length + read.badLines.length).toBe(1);
            expect(keyOf(read.rows[0])).not.toBe(keyOf(rows[0]));
          }
        }
        const signed = exportedCheckpoint(words(checkpoint));
        for (let at = 0; at < signed.length; at += 1) {
          const read = readAuditExport([`${signed.slice(0, at)}${signed.slice(at + 1)}`]);
          expect(read.checkpoints).not.toEqual([checkpoint]);
        }
      }),
      { numRuns: 4 },
    );
  });

  test('are all bad when they are cut, and never joined to make one', () => {
    fc.assert(
      fc.property(logs, fc.nat(), ({ entries }, where) => {
        const whole = entries.map(line).join('\n');
        const at = where % whole.length;
        const cut = whole.slice(0, at);
        const rest = readAuditExport(cut.split('\n'));
        // The last line is whole when the cut is at a line's end.
        expect(rest.badLines.length).toBe(whole[at] === '\n' ? 0 : 1);
        expect(readAuditExport([entries.map(line).join(' ')]).badLines.length).toBe(
          entries.length > 1 ? 1 : 0,
        );
      }),
    );
  });

  test('are bad when a number is larger than any that is written', () => {
    const drafted = [{ subject: 's', event: 'e', detail: { many: 1e30 } }];
    const log = { frontier: emptyFrontier, headOf: () => undefined, drafts: drafted, atMs: 0 };
    const [whole = ''] = appendEntries(crypto, log).entries.map(line);
    expect(whole).toContain('1e+30');
    expect(readAuditExport([whole]).badLines).toEqual([]);
    expect(readAuditExport([whole.replace('1e+30', '1e+330')]).badLines).toEqual([1]);
  });

  test('get an answer whatever they are, and what counts is written back the same', () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom('{"v":1,"type":"entry"}', ''),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), (lines) => {
        expect(readAuditExport(lines)).toEqual({
          rows: [],
          checkpoints: [],
          badLines: lines.map((_line, index) => index + 1),
        });
      }),
      { numRuns: 100 },
    );
  });
});
