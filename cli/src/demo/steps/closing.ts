import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, fromBase64 } from '@chiavetta/protocol/bytes';
import { check, checkEqual } from '../check.ts';
import type { DemoStep } from '../demo-step.ts';
import type { DemoAuditEntry } from '../stage/props.ts';
import type { Stage } from '../stage/stage.ts';
import { BANK_MAIL } from '../stage/told.ts';

/** What is looked at when everything was done. */
export const closingSteps: readonly DemoStep[] = [
  { id: 'never-asked', sentences: ['S3.13'], needs: ['contract'], run: neverAsked },
  { id: 'audit-verify', sentences: [], needs: ['contract'], run: auditVerify },
  { id: 'audit-one-byte', sentences: [], needs: ['audit-verify'], run: auditOneByte },
];

async function neverAsked(stage: Stage): Promise<void> {
  const { mails, client } = stage.props.get('validator');
  const received = (await mails.all()).filter(({ to }) => to !== BANK_MAIL);
  for (const { kind, text } of received) {
    check(/never ask for your PIN, your device PIN or a code/u.test(text), `the mail "${kind}" says so`);
  }
  check(received.length > 0, 'there are mails');
  stage.say('never-asked.mails', { count: received.length });
  const document = await client.get<OpenApi>('/openapi.json');
  const forms = staffForms(document);
  check(forms.length > 0, 'the API has staff forms');
  for (const { path, fields } of forms) {
    const secrets = fields.filter((field) => /^(pin|oldPin|code|nextCode|devicePin)$/iu.test(field));
    checkEqual(secrets, [], `what ${path} takes of a customer's secrets`);
  }
  stage.say('never-asked.forms', { count: forms.length });
}

type OpenApi = { readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiRoute>>>> };
type OpenApiRoute = {
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: { readonly properties?: object } }>>;
  };
};

/** The fields of every form that is not the customer's own. */
function staffForms(
  document: OpenApi,
): readonly { readonly path: string; readonly fields: readonly string[] }[] {
  return Object.entries(document.paths)
    .filter(([path]) => !path.startsWith('/v1/portal/'))
    .flatMap(([path, routes]) =>
      Object.values(routes).flatMap(({ requestBody }) => {
        const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
        return schema === undefined ? [] : [{ path, fields: Object.keys(schema.properties ?? {}) }];
      }),
    );
}

async function auditVerify(stage: Stage): Promise<void> {
  const { child, files } = stage.props.get('validator');
  const { entries } = await stage.props
    .get('supervisor')
    .get<{ readonly entries: readonly DemoAuditEntry[] }>('/v1/audit?limit=1000');
  stage.props.put('auditEntries', entries);
  await child.stop();
  stage.say('audit.stopped');
  const verdict = await stage.verifyAudit({ ...files, file: files.store });
  check(verdict.outcome === 'intact', 'the audit log is intact');
  check(verdict.count >= entries.length, 'the log has all entries');
  checkEqual(verdict.witnessedCount, verdict.count, 'how much of the log the last checkpoint covers');
  stage.say('audit.ok', { entries: verdict.count, witnessed: verdict.witnessedCount });
}

async function auditOneByte(stage: Stage): Promise<void> {
  const { files } = stage.props.get('validator');
  const entries = stage.props.get('auditEntries');
  const middle = entries[Math.floor(entries.length / 2)];
  assert(middle !== undefined, 'a run that came here wrote entries');
  const bytes = await readFile(files.store);
  const at = await contentOf(bytes, middle);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  const copy = join(stage.folder, 'copy-with-one-bit-flipped.db');
  await writeFile(copy, bytes, { mode: 0o600 });
  stage.say('audit.flipped', { index: middle.index });
  const verdict = await stage.verifyAudit({ ...files, file: copy });
  check(verdict.outcome === 'broken', 'the change is found');
  const [finding] = verdict.findings;
  checkEqual(finding?.index, middle.index, 'the entry that the verification names');
  stage.say('audit.named', { index: middle.index, fault: finding?.fault ?? '' });
}

/** Where in the file what the entry tells begins: after its header, which stands there byte for byte. */
async function contentOf(file: Buffer, entry: DemoAuditEntry): Promise<number> {
  const { auditHeaderLayout } = await import('@chiavetta/validator');
  const previous = fromBase64(entry.previous);
  assert(previous.ok, 'a hash is base64');
  const header = auditHeaderLayout.encode({
    version: 1,
    index: BigInt(entry.index),
    subjectIndex: BigInt(entry.subjectIndex),
    atMs: BigInt(entry.atMs),
    previous: previous.value,
  });
  const at = file.indexOf(header);
  check(at >= 0 && file.indexOf(header, at + 1) < 0, 'the entry stands in the copy once');
  // Two bytes of tag and length come first.
  return at + header.length + CONTENT_OFFSET;
}

const CONTENT_OFFSET = 4;
