import { fromBase64, toBase64 } from '@chiavetta/protocol/bytes';
import type { AuditEntry, AuditRow, SignedCheckpoint } from '../../ports/audit-log.ts';
import type { AuditContent } from './entry-body.ts';
import { AUDIT_BODY_BYTES_MAX, decodeAuditBody, encodeAuditBody } from './entry-body.ts';
import { AUDIT_HASH_BYTES } from './merkle-tree.ts';

/** An entry in words, as the HTTP API answers it: the bytes of the log are made from it again to check it. */
export type AuditEntryText = Omit<AuditEntry, 'previous' | 'hash'> & {
  /** Base64, like `hash`. */
  readonly previous: string;
  readonly hash: string;
};

/** A checkpoint in words. */
export type CheckpointText = {
  readonly count: number;
  readonly atMs: number;
  /** Base64, like `signature`. */
  readonly root: string;
  readonly signature: string;
};

/** What an exported log holds. */
export type AuditExport = {
  readonly rows: readonly AuditRow[];
  readonly checkpoints: readonly SignedCheckpoint[];
  /** Numbers, from 1, of the lines that are neither an entry nor a checkpoint as they are exported. */
  readonly badLines: readonly number[];
};

/** One line of an export, without its end: an entry. docs/spec/validation.md, "Audit". */
export function exportedEntry(entry: AuditEntryText): string {
  const { index, subject, subjectIndex, atMs, event, operator, approvers } = entry;
  const { customer, serial, reason, detail, previous, hash } = entry;
  // The order is part of the format: a line has one spelling. Absent fields leave no trace in JSON.
  return JSON.stringify({
    ...{ v: 1, type: 'entry', index, subject, subjectIndex, atMs, event, operator, approvers },
    ...{ customer, serial, reason, detail, previous, hash },
  });
}

/** One line of an export, without its end: a checkpoint. */
export function exportedCheckpoint({ count, atMs, root, signature }: CheckpointText): string {
  return JSON.stringify({ v: 1, type: 'checkpoint', count, atMs, root, signature });
}

/**
 * Reads an export. Total. A line counts only in the one spelling that is exported, so that no two files pass for the
 * same log. Rows still have to be verified: their hash is the one in the file, their bytes are made from the words.
 */
export function readAuditExport(lines: Iterable<string>): AuditExport {
  const rows: AuditRow[] = [];
  const checkpoints: SignedCheckpoint[] = [];
  const badLines: number[] = [];
  let number = 0;
  for (const line of lines) {
    number += 1;
    const fields = jsonObject(line);
    const row = rowOf(line, fields);
    const checkpoint = checkpointOf(line, fields);
    if (row !== undefined) rows.push(row);
    else if (checkpoint !== undefined) checkpoints.push(checkpoint);
    else badLines.push(number);
  }
  return { rows, checkpoints, badLines };
}

type Fields = Readonly<Record<string, unknown>>;

const SIGNATURE_BYTES = 64;
/** So many characters always fit an entry's bytes; the longest entries that are written are far below. */
const LINE_CHARACTERS_MAX: number = Math.floor(AUDIT_BODY_BYTES_MAX / 4);

function jsonObject(line: string): Fields {
  if (line.length > LINE_CHARACTERS_MAX) return {};
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function rowOf(line: string, fields: Fields): AuditRow | undefined {
  const hash = bytesOf(fields['hash'], AUDIT_HASH_BYTES);
  const content = contentOf(fields);
  if (hash === undefined || content === undefined) return undefined;
  const body = encodeAuditBody(content);
  const read = decodeAuditBody(body);
  if (!read.ok) return undefined;
  const again = { ...read.value, previous: toBase64(read.value.previous), hash: toBase64(hash) };
  if (exportedEntry(again) !== line) return undefined;
  const { index, subject, subjectIndex } = content;
  return { index, subject, subjectIndex, body, hash };
}

/** What can be encoded; whether it is the spelling of an export is found by writing it again. */
function contentOf(fields: Fields): AuditContent | undefined {
  const { index, subjectIndex, atMs, subject, event, approvers, detail } = { ...ABSENT, ...fields };
  const { operator, customer, serial, reason } = { ...ABSENT, ...fields };
  const previous = bytesOf(fields['previous'], AUDIT_HASH_BYTES);
  if (!isPlace(index) || !isPlace(subjectIndex) || !isPlace(atMs) || previous === undefined) return undefined;
  if (typeof subject !== 'string' || typeof event !== 'string') return undefined;
  if (!isText(operator) || !isText(customer) || !isText(serial) || !isText(reason)) return undefined;
  if (!isTextList(approvers) || !isDetail(detail)) return undefined;
  return {
    ...{ index, subjectIndex, atMs, previous, subject, event, operator, approvers },
    ...{ customer, serial, reason, detail },
  };
}

const ABSENT = {
  ...{ index: undefined, subjectIndex: undefined, atMs: undefined, subject: undefined, event: undefined },
  ...{ operator: undefined, approvers: undefined, customer: undefined, serial: undefined },
  ...{ reason: undefined, detail: undefined },
};
/** A name of a detail takes at most 255 bytes; a character at most 4. */
const DETAIL_NAME_CHARACTERS_MAX = 63;

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isTextList(value: unknown): value is readonly string[] | undefined {
  return value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

function isDetail(value: unknown): value is AuditContent['detail'] {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, item]) => name.length <= DETAIL_NAME_CHARACTERS_MAX && isDetailValue(item),
  );
}

/** JSON reads 1e999 as infinity, which no entry can hold. */
function isDetailValue(value: unknown): boolean {
  return Number.isFinite(value) || typeof value === 'string' || typeof value === 'boolean';
}

function checkpointOf(line: string, fields: Fields): SignedCheckpoint | undefined {
  const { count, atMs } = { count: undefined, atMs: undefined, ...fields };
  const root = bytesOf(fields['root'], AUDIT_HASH_BYTES);
  const signature = bytesOf(fields['signature'], SIGNATURE_BYTES);
  if (!isPlace(count) || !isPlace(atMs) || root === undefined || signature === undefined) return undefined;
  const words = { count, atMs, root: toBase64(root), signature: toBase64(signature) };
  return exportedCheckpoint(words) === line ? { count, atMs, root, signature } : undefined;
}

function bytesOf(value: unknown, byteCount: number): Uint8Array | undefined {
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
  return bytes?.ok === true && bytes.value.length === byteCount ? bytes.value : undefined;
}
