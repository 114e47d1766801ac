import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAudit } from '../../core/audit/verify-audit.ts';
import { nodeCrypto } from '../node-crypto/index.ts';
import type { SqliteStoreOptions } from './open-sqlite-store.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

const KILLS = 20;
const WRITERS = 8;
const checkpointSecret = new Uint8Array(32).fill(7);
const packageFolder = fileURLToPath(new URL('../../../', import.meta.url));

/** Counts up in many records at once and says each number when its commit was answered. Runs the built package. */
const WRITER_PROGRAM = `
  import { openSqliteStore } from '@chiavetta/validator/sqlite';
  import { nodeCrypto } from '@chiavetta/validator/node-crypto';
  const [file, witnessFile] = process.argv.slice(1);
  const clock = { nowMs: () => 1700000000000 };
  const checkpointSecret = new Uint8Array(32).fill(7);
  const options = { file, witnessFile, checkpointSecret, crypto: nodeCrypto, clock, checkpointEvery: 50 };
  const store = await openSqliteStore(options);
  async function countUp(id) {
    for (;;) {
      const expected = (await store.read('token', id))?.version ?? 0;
      const puts = [{ kind: 'token', id, expected, value: { counter: expected + 1 } }];
      const audit = [{ subject: id, event: 'counted', detail: { counter: expected + 1 } }];
      const answer = await store.commit({ puts, removes: [], checks: [], audit, mails: [] });
      if (answer.outcome === 'committed') process.stdout.write(id + ' ' + (expected + 1) + '\\n');
    }
  }
  await Promise.all(Array.from({ length: ${WRITERS} }, (_, index) => countUp('t' + index)));
`;

describe('a store whose process is killed while it writes', () => {
  let folder: string;
  let options: SqliteStoreOptions;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chiavetta-kill-'));
    options = {
      file: join(folder, 'store.db'),
      witnessFile: join(folder, 'witness.ndjson'),
      checkpointSecret,
      crypto: nodeCrypto,
      clock: { nowMs: () => 1_700_000_000_000 },
      checkpointEvery: 50,
    };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs the writer, kills it after so many answered commits, and tells the last answer for each record. */
  async function writeUntilKilled(ackCount: number): Promise<ReadonlyMap<string, number>> {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', WRITER_PROGRAM, options.file, options.witnessFile],
      { cwd: packageFolder, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const acked = new Map<string, number>();
    let seen = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const [id = '', version = ''] = line.split(' ');
      acked.set(id, Number(version));
      seen += 1;
      if (seen === ackCount) child.kill('SIGKILL');
    }
    expect(seen).toBeGreaterThanOrEqual(ackCount);
    return acked;
  }

  test(`has every change that it answered, ${KILLS} times over, and a sound log`, async () => {
    expect(existsSync(join(packageFolder, 'dist/adapters/sqlite/index.js'))).toBe(true);
    for (let round = 0; round < KILLS; round += 1) {
      const acked = await writeUntilKilled(1 + ((round * 37) % 160));
      const store = await openSqliteStore<{ readonly token: { readonly counter: number } }>(options);
      for (const [id, version] of acked) {
        const found = await store.read('token', id);
        expect(found?.version ?? 0).toBeGreaterThanOrEqual(version);
        expect(found?.value.counter).toBe(found?.version);
      }
      const verdict = verifyAudit({
        crypto: nodeCrypto,
        publicKey: nodeCrypto.ed25519PublicKey(checkpointSecret),
        rows: await store.audit.rows({ limit: 1_000_000 }),
        checkpoints: await store.audit.checkpoints(),
        head: await store.audit.head(),
      });
      expect(verdict.outcome).toBe('intact');
      // A change and its audit entry are there together or not at all.
      const records = await store.list({ kind: 'token', limit: WRITERS });
      const changes = records.reduce((sum, { version }) => sum + version, 0);
      expect((await store.audit.head()).count).toBe(changes);
      await store.close();
    }
  });
});
