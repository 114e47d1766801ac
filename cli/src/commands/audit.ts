import { join } from 'node:path';
import type { AuditEntryText, AuditFinding, CheckpointText } from '@chiavetta/validator';
import type { StaffClient } from '../api/operator-session.ts';
import { staffClient } from '../api/operator-session.ts';
import { verifyDatabase, verifyExport } from '../audit/verify-log.ts';
import type { CommandSpec } from '../command.ts';
import { auditFormats } from '../compose.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import { fill } from '../i18n/fill.ts';
import { Failure } from '../output/failure.ts';
import { writeNewFile } from '../output/output-file.ts';
import { table } from '../output/table.ts';
import { validatorData } from '../settings/validator-data.ts';
import { SERVER_OPTION } from './common-options.ts';

const PAGE_COUNT = 1_000;
const SHOWN_DEFAULT = 100;

const show: CommandSpec = {
  path: ['audit', 'show'],
  group: 'operate',
  options: [{ flags: '--after <number>' }, { flags: '--limit <number>' }, SERVER_OPTION],
  example: 'chiavetta audit show --limit 20',
  run: async (context, args) => {
    const { output } = context;
    const { texts } = output.catalogue;
    const after = args.whole('after', { min: 0, max: Number.MAX_SAFE_INTEGER });
    const limit = args.whole('limit', { min: 1, max: PAGE_COUNT }) ?? SHOWN_DEFAULT;
    const entries = await page(staffClient(context, args), { afterIndex: after ?? -1, limit });
    const heading = [
      texts['column.number'],
      texts['column.time'],
      texts['column.event'],
      texts['column.subject'],
      texts['column.operator'],
      texts['column.reason'],
    ];
    const rows = entries.map((entry) => [
      String(entry.index),
      new Date(entry.atMs).toISOString(),
      entry.event,
      entry.subject,
      [entry.operator ?? '', ...(entry.approvers ?? [])].filter((name) => name !== '').join(' + '),
      entry.reason ?? '',
    ]);
    if (entries.length === 0) output.note(texts['audit.empty']);
    else for (const line of table([heading, ...rows])) output.line(line);
    output.document({ entries });
  },
};

const exportLog: CommandSpec = {
  path: ['audit', 'export'],
  group: 'operate',
  args: ['<file>'],
  options: [SERVER_OPTION],
  example: 'chiavetta audit export log.ndjson',
  run: async (context, args) => {
    const { output } = context;
    const path = args.text('file');
    const client = staffClient(context, args);
    const lines = await writeNewFile(path, exportedLines(client));
    const count = lines - CHECKPOINT_LINES;
    output.line(fill(output.catalogue.texts['audit.exported'], { count, path }));
    output.document({ file: path, entries: count });
  },
};

const verify: CommandSpec = {
  path: ['audit', 'verify'],
  group: 'operate',
  options: [
    { flags: '--data <directory>' },
    { flags: '--store <file>' },
    { flags: '--file <file>' },
    { flags: '--witness <file>' },
    { flags: '--key <hex>' },
  ],
  example: 'chiavetta audit verify --witness /mnt/witness/witness.ndjson',
  run: async (context, args) => {
    const { output } = context;
    const { texts } = output.catalogue;
    const dataDirectory = validatorData(context, args);
    const file = args.optional('file');
    const job = { dataDirectory, witness: args.optional('witness'), key: args.optional('key') };
    const verdict =
      file === undefined
        ? await verifyDatabase({ ...job, store: args.optional('store') ?? join(dataDirectory, 'store.db') })
        : await verifyExport({ ...job, file });
    if (verdict.outcome === 'broken') {
      output.event({ type: 'findings', findings: verdict.findings });
      const findings = verdict.findings.map((finding) => findingText(finding, texts));
      throw new Failure('AUDIT_BROKEN', { finding: findings.join('; ') });
    }
    const { count, root, witnessedCount, publicKey } = verdict;
    output.line(fill(texts['audit.intact'], { count, root }));
    output.line(fill(texts['audit.witnessed'], { count: witnessedCount }));
    const open = count - witnessedCount;
    if (open > 0) output.note(fill(texts['audit.unwitnessed'], { count: open }));
    output.event({ type: 'result', ok: true, count, root, witnessedCount, publicKey });
  },
};

/** Who did what. */
export const auditCommands: readonly CommandSpec[] = [show, exportLog, verify];

const CHECKPOINT_LINES = 1;

async function page(
  client: StaffClient,
  { afterIndex, limit }: { readonly afterIndex: number; readonly limit: number },
): Promise<readonly AuditEntryText[]> {
  const { entries }: { readonly entries: readonly AuditEntryText[] } = await client.get(
    `/v1/audit?afterIndex=${afterIndex}&limit=${limit}`,
  );
  return entries;
}

/** Signed first: whatever comes later belongs to the next export. */
async function* exportedLines(client: StaffClient): AsyncGenerator<string> {
  const { exportedCheckpoint, exportedEntry } = await auditFormats();
  const checkpoint: CheckpointText = await client.get('/v1/audit/checkpoint');
  for (let next = 0; next < checkpoint.count; ) {
    const limit = Math.min(PAGE_COUNT, checkpoint.count - next);
    const entries = await page(client, { afterIndex: next - 1, limit });
    if (entries.length === 0) throw new Failure('SERVER_REFUSED', { reason: 'the log ends too early.' });
    for (const entry of entries) yield exportedEntry(entry);
    next += entries.length;
  }
  yield exportedCheckpoint(checkpoint);
}

function findingText(finding: AuditFinding, texts: Catalogue['texts']): string {
  const { fault, index, subject = '?', upTo } = finding;
  const text =
    fault === 'missing' && upTo !== undefined
      ? texts['audit.finding.missing_range']
      : texts[`audit.finding.${fault}`];
  return fill(text, { index, subject, upTo: upTo === undefined ? '?' : upTo - 1 });
}
