import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toBase64, toHex } from '@chiavetta/protocol/bytes';
import type { AuditFinding, AuditVerdict, SignedCheckpoint } from '@chiavetta/validator';
import { auditFormats, nodeCryptography, sqliteStores } from '../compose.ts';
import { readInputFile } from '../input/input-file.ts';
import { Failure, usageFailure } from '../output/failure.ts';

/** Against what a log is verified. */
type Evidence = {
  readonly dataDirectory: string;
  readonly witness: string | undefined;
  /** The checkpoint key's public half in hexadecimal; without it the one of the data directory. */
  readonly key: string | undefined;
};

/** What was found, ready to be printed: the root in base64, the key in hexadecimal. */
export type LogVerdict =
  | {
      readonly outcome: 'intact';
      readonly count: number;
      readonly root: string;
      readonly witnessedCount: number;
      readonly publicKey: string;
    }
  | { readonly outcome: 'broken'; readonly findings: readonly AuditFinding[] };

/** Verifies the log in a database, which is only read. */
export async function verifyDatabase(job: Evidence & { readonly store: string }): Promise<LogVerdict> {
  if (!existsSync(job.store)) {
    throw new Failure('STORE_MISSING', { reason: `There is no database ${job.store}.` });
  }
  const { verifySqliteAudit } = await sqliteStores();
  const { nodeCrypto } = await nodeCryptography();
  const publicKey = await publicKeyOf(job);
  // A witness that was named has to be there: a mistyped path must not switch the check off.
  if (job.witness !== undefined) readInputFile(job.witness);
  const verdict = verifySqliteAudit({
    file: job.store,
    witnessFile: job.witness ?? join(job.dataDirectory, 'witness.ndjson'),
    publicKey,
    crypto: nodeCrypto,
  });
  return printableVerdict(verdict, publicKey);
}

/** Verifies an exported log. @throws Failure FILE_UNREADABLE for a line that is no entry */
export async function verifyExport(job: Evidence & { readonly file: string }): Promise<LogVerdict> {
  const { readAuditExport, verifyAudit } = await auditFormats();
  const { nodeCrypto } = await nodeCryptography();
  const publicKey = await publicKeyOf(job);
  const { rows, checkpoints, badLines } = readAuditExport(linesOf(job.file));
  const witnessed = job.witness === undefined ? [] : await witnessCheckpoints(job.witness);
  const [badLine] = badLines;
  if (badLine !== undefined) {
    throw new Failure('AUDIT_BROKEN', {
      finding: `line ${badLine} of ${job.file} is not as it was exported`,
    });
  }
  const verdict = verifyAudit({
    crypto: nodeCrypto,
    rows,
    checkpoints: [...checkpoints, ...witnessed],
    publicKey,
  });
  return printableVerdict(verdict, publicKey);
}

async function witnessCheckpoints(path: string): Promise<readonly SignedCheckpoint[]> {
  const { parseWitnessLine } = await auditFormats();
  return linesOf(path).map((line, index) => {
    const checkpoint = parseWitnessLine(line);
    if (checkpoint.ok) return checkpoint.value;
    throw new Failure('AUDIT_BROKEN', { finding: `line ${index + 1} of ${path} is no checkpoint` });
  });
}

/** Lines with an end; what follows the last end was cut off while it was written. */
function linesOf(path: string): readonly string[] {
  return new TextDecoder().decode(readInputFile(path)).split('\n').slice(0, -1);
}

async function publicKeyOf({ key, dataDirectory }: Evidence): Promise<Uint8Array> {
  if (key !== undefined) {
    const bytes = fromHex(key);
    if (bytes.ok && bytes.value.length === KEY_BYTES) return bytes.value;
    throw usageFailure('A public key has 64 hexadecimal digits.');
  }
  const { nodeCrypto } = await nodeCryptography();
  const secret = readInputFile(join(dataDirectory, 'keys', 'checkpoint.key'));
  try {
    return nodeCrypto.ed25519PublicKey(secret);
  } finally {
    secret.fill(0);
  }
}

const KEY_BYTES = 32;

function printableVerdict(verdict: AuditVerdict, publicKey: Uint8Array): LogVerdict {
  if (verdict.outcome === 'broken') return verdict;
  const { count, root, witnessedCount } = verdict;
  return { outcome: 'intact', count, root: toBase64(root), witnessedCount, publicKey: toHex(publicKey) };
}
