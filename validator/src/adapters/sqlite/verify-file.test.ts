import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeAuditBody } from '../../core/audit/entry-body.ts';
import type { AuditFinding, AuditVerdict } from '../../core/audit/verify-audit.ts';
import type { AuditEntry } from '../../ports/audit-log.ts';
import { StoreError } from '../../ports/failure.ts';
import { changeOf } from '../../ports/store.ts';
import { nodeCrypto } from '../node-crypto/index.ts';
import { openSqliteStore } from './open-sqlite-store.ts';
import { verifySqliteAudit } from './verify-file.ts';

const secret = new Uint8Array(32).fill(7);
const publicKey = nodeCrypto.ed25519PublicKey(secret);
const ENTRIES = 120;

describe('the verification of a store’s file', () => {
  let folder: string;
  let file: string;
  let witnessFile: string;
  let sound: Buffer;
  let entries: readonly AuditEntry[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chiavetta-verify-'));
    witnessFile = join(folder, 'witness.ndjson');
    const store = await openSqliteStore<{ readonly token: { readonly counter: number } }>({
      file: join(folder, 'store.db'),
      witnessFile,
      checkpointSecret: secret,
      crypto: nodeCrypto,
      clock: { nowMs: () => 1_700_000_000_000 },
      checkpointEvery: 50,
    });
    for (let index = 0; index < ENTRIES; index += 1) {
      await store.commit(
        changeOf({
          puts: [
            {
              kind: 'token',
              id: `t${index % 7}`,
              expected: Math.floor(index / 7),
              value: { counter: index },
            },
          ],
          audit: [{ subject: `t${index % 7}`, event: 'code.accepted', reason: `press ${index}` }],
        }),
      );
    }
    await store.audit.checkpoint();
    entries = await store.audit.entries({ limit: ENTRIES });
    await store.backup(join(folder, 'sound.db'));
    await store.close();
    sound = readFileSync(join(folder, 'sound.db'));
    file = join(folder, 'case.db');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const verifyBytes = (bytes: Uint8Array, findingsMax?: number): AuditVerdict => {
    writeFileSync(file, bytes);
    return verifySqliteAudit({
      file,
      witnessFile,
      publicKey,
      crypto: nodeCrypto,
      findingsMax: findingsMax ?? 20,
    });
  };
  const verifyAfter = (sql: string): readonly AuditFinding[] => {
    writeFileSync(file, sound);
    const database = new BetterSqlite3(file);
    database.exec(sql);
    database.close();
    const verdict = verifySqliteAudit({ file, witnessFile, publicKey, crypto: nodeCrypto });
    return verdict.outcome === 'broken' ? verdict.findings : [];
  };

  test('finds a sound copy intact, and the store itself too', () => {
    expect(verifyBytes(sound)).toMatchObject({ outcome: 'intact', count: ENTRIES, witnessedCount: ENTRIES });
    const live = verifySqliteAudit({
      file: join(folder, 'store.db'),
      witnessFile,
      publicKey,
      crypto: nodeCrypto,
    });
    expect(live).toMatchObject({ outcome: 'intact', count: ENTRIES });
  });

  test('names the entry when one byte of a copy is changed', () => {
    for (const entry of entries) {
      const { hash, ...content } = entry;
      const body = encodeAuditBody(content);
      const start = sound.indexOf(Buffer.concat([body, hash]));
      expect(start).toBeGreaterThan(0);
      for (const at of [
        start + (entry.index % body.length),
        start + body.length + (entry.index % hash.length),
      ]) {
        const bytes = Uint8Array.from(sound);
        bytes[at] = (bytes[at] ?? 0) ^ 0x10;
        const verdict = verifyBytes(bytes);
        const found = verdict.outcome === 'broken' ? verdict.findings[0] : undefined;
        expect(found).toEqual({ fault: 'edited', index: entry.index, subject: entry.subject });
      }
    }
  });

  test('names an entry, says that the file is damaged, or reads the very same log, whatever byte is changed', () => {
    const outcomes = { named: 0, damaged: 0, harmless: 0 };
    // A step that is no divisor of the page size visits every place of a page.
    for (let at = 0; at < sound.length; at += 997) {
      const bytes = Uint8Array.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      try {
        const verdict = verifyBytes(bytes, 1);
        if (verdict.outcome === 'broken') outcomes.named += 1;
        else {
          outcomes.harmless += 1;
          expect(readLog(file)).toEqual(readLog(join(folder, 'sound.db')));
        }
      } catch (failure) {
        expect(failure).toBeInstanceOf(StoreError);
        outcomes.damaged += 1;
      }
    }
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(0);
  });

  test.each([
    [
      'a deleted row',
      'DELETE FROM audit_entry WHERE entry_index = 40',
      { fault: 'missing', index: 40, subject: 't5' },
    ],
    [
      'the deleted last row',
      'DELETE FROM audit_entry WHERE entry_index = 119',
      { fault: 'truncated', index: 119 },
    ],
    [
      'a renamed subject',
      "UPDATE audit_entry SET subject = 'x' WHERE entry_index = 3",
      { fault: 'edited', index: 3 },
    ],
    [
      'a moved row',
      'UPDATE audit_entry SET entry_index = 500 WHERE entry_index = 9',
      { fault: 'missing', index: 9 },
    ],
    [
      'a row put in a second time',
      "INSERT INTO audit_entry SELECT 120, 'copy', 0, body, hash FROM audit_entry WHERE entry_index = 8",
      { fault: 'misplaced', index: 120, subject: 't1' },
    ],
    [
      'two rows that changed places',
      `UPDATE audit_entry SET entry_index = -1 WHERE entry_index = 10;
       UPDATE audit_entry SET entry_index = 10 WHERE entry_index = 20;
       UPDATE audit_entry SET entry_index = 20 WHERE entry_index = -1;`,
      { fault: 'misplaced', index: 10, subject: 't6' },
    ],
    [
      'a cut that hides itself in the head',
      `DELETE FROM audit_entry WHERE entry_index >= 64; DELETE FROM audit_checkpoint WHERE count > 64;
       UPDATE audit_head SET count = 64, peaks = zeroblob(32);`,
      { fault: 'truncated', index: 64, upTo: 120 },
    ],
    [
      'a cut in the middle',
      'DELETE FROM audit_entry WHERE entry_index BETWEEN 30 AND 39',
      { fault: 'missing', index: 30, upTo: 40 },
    ],
    [
      'a forged checkpoint',
      'UPDATE audit_checkpoint SET count = 51 WHERE count = 50',
      { fault: 'checkpoint_forged', index: 51 },
    ],
  ])('finds %s', (_what, sql, expected) => {
    expect(verifyAfter(sql)[0]).toMatchObject(expected);
  });

  test('finds a line of the witness file that was changed', () => {
    writeFileSync(file, sound);
    const bent = join(folder, 'bent-witness');
    const lines = readFileSync(witnessFile, 'utf8');
    for (const [from, to, fault] of [
      ['"count":100', '"count":101', 'checkpoint_forged'],
      ['"count":100', '"count":1oo', 'witness_damaged'],
    ] as const) {
      writeFileSync(bent, lines.replace(from, to));
      const verdict = verifySqliteAudit({ file, witnessFile: bent, publicKey, crypto: nodeCrypto });
      expect(verdict).toMatchObject({ outcome: 'broken', findings: [{ fault }] });
    }
  });

  test('does not call a log intact whose witness file was taken away or emptied', () => {
    writeFileSync(file, sound);
    const empty = join(folder, 'emptied.ndjson');
    writeFileSync(empty, '');
    for (const witnessFile of [join(folder, 'gone.ndjson'), empty]) {
      expect(verifySqliteAudit({ file, witnessFile, publicKey, crypto: nodeCrypto })).toEqual({
        outcome: 'broken',
        findings: [{ fault: 'witness_missing', index: 3 }],
      });
    }
  });

  test('says how far the log can be read when a page of it is damaged', () => {
    const start = sound.indexOf('press 60');
    expect(start).toBeGreaterThan(0);
    const bytes = Uint8Array.from(sound);
    bytes[start - (start % 4_096)] = 0xff;
    expect(() => verifyBytes(bytes)).toThrow(
      expect.objectContaining({
        code: 'STORE_CORRUPT',
        message: expect.stringMatching(/cannot be read after the first [1-9]\d? entries/),
      }),
    );
  });

  test('says that the file is damaged when its index does not fit its rows', () => {
    const columns = '(subject, subject_index)';
    const bytes = Uint8Array.from(sound);
    bytes.set(Buffer.from('(subject_index, subject)'), sound.indexOf(columns));
    expect(sound.indexOf(columns)).toBe(sound.lastIndexOf(columns));
    expect(() => verifyBytes(bytes)).toThrow(
      expect.objectContaining({
        code: 'STORE_CORRUPT',
        message: expect.stringContaining('pages do not fit'),
      }),
    );
  });

  test('says what is wrong with a file that is missing, foreign or cut off', () => {
    const job = { witnessFile, publicKey, crypto: nodeCrypto };
    expect(() => verifySqliteAudit({ ...job, file: join(folder, 'none.db') })).toThrow(
      expect.objectContaining({ code: 'STORE_MISSING' }),
    );
    for (const bytes of [new Uint8Array(0), Buffer.from('x'.repeat(5_000)), sound.subarray(0, 9_000)]) {
      expect(() => verifyBytes(bytes)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
    }
  });
});

/** The log as SQLite reads it. */
function readLog(file: string): unknown {
  const database = new BetterSqlite3(file, { readonly: true });
  try {
    return database.prepare('SELECT * FROM audit_entry ORDER BY entry_index').all();
  } finally {
    database.close();
  }
}
