import { toBase64 } from '@chiavetta/protocol/bytes';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import { isAllowed } from '../core/staff/permission-matrix.ts';
import type { AuditEntry, SignedCheckpoint } from '../ports/audit-log.ts';
import type { Api, ApiServices } from './api.ts';
import type { SignedIn, WhoIs } from './bearer.ts';
import { BEARER } from './bearer.ts';
import { errorAnswers } from './error-answers.ts';
import { HttpFailure } from './http-failure.ts';

const ENTRIES_DEFAULT = 100;
const ENTRIES_MAX = 1_000;

const optionalText = Type.Optional(Type.String());
const entrySchema = Type.Object({
  index: Type.Integer(),
  subject: Type.String(),
  subjectIndex: Type.Integer(),
  atMs: Type.Integer(),
  event: Type.String(),
  operator: optionalText,
  approvers: Type.Optional(Type.Array(Type.String())),
  customer: optionalText,
  serial: optionalText,
  reason: optionalText,
  detail: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  ),
  previous: Type.String({ description: "Hash of the subject's entry before this one, base64." }),
  hash: Type.String({ description: 'Hash of this entry, base64.' }),
});
const checkpointSchema = Type.Object({
  count: Type.Integer(),
  root: Type.String({ description: 'RFC 6962 root over all entries, base64.' }),
  atMs: Type.Integer(),
  signature: Type.String({ description: 'Ed25519, base64.' }),
});

const entriesSchema = {
  tags: ['audit'],
  summary: 'The audit log, oldest first.',
  security: BEARER,
  querystring: Type.Object(
    {
      afterIndex: Type.Optional(Type.String({ pattern: '^(-1|[0-9]{1,15})$' })),
      limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })),
    },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ entries: Type.Array(entrySchema) }), ...errorAnswers(401, 403) },
};
const signedSchema = {
  tags: ['audit'],
  summary: 'Signs the size and the root of the log as they are now.',
  security: BEARER,
  response: { 200: checkpointSchema, ...errorAnswers(401, 403) },
};

/** The audit log, for those who may read all of it. */
export function auditRoutes(api: Api, { audit }: ApiServices, whoIs: WhoIs): void {
  api.get('/v1/audit', { schema: entriesSchema }, async (request) => {
    onlyReaders(whoIs(request));
    const { afterIndex = '-1', limit = ENTRIES_DEFAULT } = request.query;
    const query = { afterIndex: Number(afterIndex), limit: Math.min(Number(limit), ENTRIES_MAX) };
    return { entries: (await audit.entries(query)).map(entryBody) };
  });
  api.get('/v1/audit/checkpoint', { schema: signedSchema }, async (request) => {
    onlyReaders(whoIs(request));
    return checkpointBody(await audit.checkpoint());
  });
}

function onlyReaders({ actor }: SignedIn): void {
  // The whole log names every customer: nobody reads a part of it as their own.
  if (isAllowed({ role: actor.role, act: 'audit.read', relation: 'other' })) return;
  const reason = 'only an auditor or a supervisor may read the audit log';
  throw new HttpFailure(403, { id: 'NOT_ALLOWED', message: reason, fields: { reason } });
}

function entryBody(entry: AuditEntry): Static<typeof entrySchema> {
  const { approvers, operator, customer, serial, reason, detail, previous, hash, ...place } = entry;
  return {
    ...place,
    ...(operator === undefined ? {} : { operator }),
    ...(approvers === undefined ? {} : { approvers: [...approvers] }),
    ...(customer === undefined ? {} : { customer }),
    ...(serial === undefined ? {} : { serial }),
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail }),
    previous: toBase64(previous),
    hash: toBase64(hash),
  };
}

function checkpointBody(checkpoint: SignedCheckpoint): Static<typeof checkpointSchema> {
  const { count, root, atMs, signature } = checkpoint;
  return { count, root: toBase64(root), atMs, signature: toBase64(signature) };
}
