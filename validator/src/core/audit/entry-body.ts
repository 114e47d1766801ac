import type { Layout, Result } from '@chiavetta/protocol/bytes';
import {
  assert,
  concatBytes,
  err,
  fieldBytes,
  fieldU8,
  fieldU64,
  layout,
  ok,
  readUint,
  u8,
  u16,
} from '@chiavetta/protocol/bytes';
import type { AuditDraft } from '../../ports/audit-log.ts';
import { decodeDetail, encodeDetail } from './entry-detail.ts';
import { AUDIT_HASH_BYTES } from './merkle-tree.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** Version of the entry layout, its first byte. */
const AUDIT_BODY_VERSION = 1;

/** Most bytes that an entry takes. */
export const AUDIT_BODY_BYTES_MAX = 65_535;

/** What every entry begins with. docs/spec/validation.md, "Audit". */
type AuditHeader = {
  readonly version: number;
  readonly index: bigint;
  readonly subjectIndex: bigint;
  readonly atMs: bigint;
  readonly previous: Uint8Array;
};

/** The fixed beginning of an entry as a table. */
export const auditHeaderLayout: Layout<AuditHeader> = layout('audit entry header', {
  version: fieldU8,
  index: fieldU64,
  subjectIndex: fieldU64,
  atMs: fieldU64,
  previous: fieldBytes(AUDIT_HASH_BYTES),
});

/** Tags of the fields that follow the header, in ascending order; approver and detail may repeat. */
export const AUDIT_FIELD_TAGS = {
  subject: 1,
  event: 2,
  operator: 3,
  approver: 4,
  customer: 5,
  serial: 6,
  reason: 7,
  detail: 8,
} as const;

const SINGLE_TEXTS = ['subject', 'event', 'operator', 'customer', 'serial', 'reason'] as const;

/** The content of an entry: everything but its own hash. */
export type AuditContent = AuditDraft & {
  readonly index: number;
  readonly subjectIndex: number;
  readonly atMs: number;
  readonly previous: Uint8Array;
};

/** Why bytes are not an entry. */
export type AuditBodyError = { readonly code: 'not_an_audit_entry'; readonly atByte: number };

/** The bytes of an entry that are hashed and kept. The same content gives the same bytes. */
export function encodeAuditBody(content: AuditContent): Uint8Array {
  const header = auditHeaderLayout.encode({
    version: AUDIT_BODY_VERSION,
    index: BigInt(content.index),
    subjectIndex: BigInt(content.subjectIndex),
    atMs: BigInt(content.atMs),
    previous: content.previous,
  });
  const tags = AUDIT_FIELD_TAGS;
  const body = concatBytes(
    header,
    textField(tags.subject, content.subject),
    textField(tags.event, content.event),
    textField(tags.operator, content.operator),
    ...(content.approvers ?? []).map((approver) => textField(tags.approver, approver)),
    textField(tags.customer, content.customer),
    textField(tags.serial, content.serial),
    textField(tags.reason, content.reason),
    ...encodeDetail(content.detail ?? {}).map((item) => taggedField(tags.detail, item)),
  );
  assert(body.length <= AUDIT_BODY_BYTES_MAX, 'an audit entry fits its limit');
  return body;
}

/** Reads an entry. Total: any bytes give a value; only the one spelling that `encodeAuditBody` writes is read. */
export function decodeAuditBody(body: Uint8Array): Result<AuditContent, AuditBodyError> {
  const bad = (atByte: number) => err({ code: 'not_an_audit_entry', atByte } as const);
  if (body.length > AUDIT_BODY_BYTES_MAX) return bad(AUDIT_BODY_BYTES_MAX);
  const header = auditHeaderLayout.decode(body.slice(0, auditHeaderLayout.byteCount));
  if (!header.ok || header.value.version !== AUDIT_BODY_VERSION) return bad(0);
  const fields = readFields(body, auditHeaderLayout.byteCount);
  if (fields.stoppedAt !== body.length) return bad(fields.stoppedAt);
  const detail = decodeDetail(fields.details);
  const texts = fields.texts;
  if (detail === undefined || texts.subject === undefined || texts.event === undefined) {
    return bad(auditHeaderLayout.byteCount);
  }
  const { index, subjectIndex, atMs, previous } = header.value;
  if ([index, subjectIndex, atMs].some((value) => value > BigInt(Number.MAX_SAFE_INTEGER))) return bad(1);
  return ok({
    index: Number(index),
    subjectIndex: Number(subjectIndex),
    atMs: Number(atMs),
    previous,
    ...texts,
    subject: texts.subject,
    event: texts.event,
    ...(fields.approvers.length > 0 ? { approvers: fields.approvers } : {}),
    ...(fields.details.length > 0 ? { detail } : {}),
  });
}

type Fields = {
  texts: Partial<Record<(typeof SINGLE_TEXTS)[number], string>>;
  approvers: string[];
  details: Uint8Array[];
  /** The end of the bytes, or the field that is wrong. */
  stoppedAt: number;
};

function readFields(body: Uint8Array, from: number): Fields {
  const fields: Fields = { texts: {}, approvers: [], details: [], stoppedAt: from };
  let lastTag = 0;
  while (fields.stoppedAt + 3 <= body.length) {
    const at = fields.stoppedAt;
    const tag = readUint(body.slice(at, at + 1));
    const end = at + 3 + readUint(body.slice(at + 1, at + 3));
    const repeats = tag === AUDIT_FIELD_TAGS.approver || tag === AUDIT_FIELD_TAGS.detail;
    if (end > body.length || tag < lastTag || (tag === lastTag && !repeats)) return fields;
    if (!keepField(fields, tag, body.slice(at + 3, end))) return fields;
    lastTag = tag;
    fields.stoppedAt = end;
  }
  return fields;
}

function keepField(fields: Fields, tag: number, value: Uint8Array): boolean {
  if (tag === AUDIT_FIELD_TAGS.detail) {
    fields.details.push(value);
    return true;
  }
  const text = decodeUtf8(value);
  if (text === undefined) return false;
  if (tag === AUDIT_FIELD_TAGS.approver) {
    fields.approvers.push(text);
    return true;
  }
  const name = SINGLE_TEXTS.find((single) => AUDIT_FIELD_TAGS[single] === tag);
  if (name !== undefined) fields.texts[name] = text;
  return name !== undefined;
}

function textField(tag: number, text: string | undefined): Uint8Array {
  return text === undefined ? new Uint8Array(0) : taggedField(tag, encodeUtf8(text));
}

function taggedField(tag: number, value: Uint8Array): Uint8Array {
  return concatBytes(u8(tag), u16(value.length), value);
}
