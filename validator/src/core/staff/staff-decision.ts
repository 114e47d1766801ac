import { asciiBytes, concatBytes, fromHex } from '@chiavetta/protocol/bytes';
import type { AuditDraft } from '../../ports/audit-log.ts';
import type { Put } from '../../ports/store.ts';
import { changeOf } from '../../ports/store.ts';
import type { Decider, Decision } from '../decision.ts';
import type { RecordTypes } from '../records.ts';
import { openToken, sealToken } from '../sealing.ts';
import type { StoredToken } from '../stored.ts';
import type { TokenState } from '../token-record.ts';
import type { Actor, StaffAnswer, StaffRefusalId } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';

/** A decision of the staff side. */
export type StaffDecision<T> = Decision<StaffAnswer<T>>;

/** A refusal that changes nothing. */
export function refuseDecision(
  id: StaffRefusalId,
  reason: string,
  fields?: Readonly<Record<string, string>>,
): Decision<StaffAnswer<never>> {
  return { answer: refuse(id, reason, fields), change: changeOf({}) };
}

/** An answer that changes nothing. */
export function unchanged<T>(answer: StaffAnswer<T>): StaffDecision<T> {
  return { answer, change: changeOf({}) };
}

/** The token with its secrets open; a row that does not open is told apart from every other reason. */
export function openStored(decider: Decider, stored: StoredToken): StaffAnswer<TokenState> {
  const { crypto, keys } = decider;
  const token = openToken({ crypto, keys, version: stored.version, record: stored.value });
  if (token !== undefined) return { ok: true, value: token };
  return refuse(
    'SERVER_REFUSED',
    'the record of the device does not open: tell the operators of the validator',
  );
}

/** Writes a token's row. `expected` is the version that was read, 0 for a new one. */
export function putToken(decider: Decider, token: TokenState, expected: number): Put<RecordTypes> {
  const { crypto, keys, random } = decider;
  // One change may write several rows: each has its own randomness.
  const entropy = crypto.hmacSha256(random.tokenRow, asciiBytes(token.serial));
  const value = sealToken({ crypto, keys, version: expected + 1, token, entropy });
  return { kind: 'token', id: token.serial, expected, value };
}

/** 16 fresh bytes in hexadecimal, hedged against bad randomness; `purpose` keeps two of one decision apart. */
export function freshBytes(decider: Decider, purpose: string, byteCount: number): Uint8Array {
  const { crypto, keys, random } = decider;
  const input = concatBytes(
    asciiBytes(`chiavetta/v1 staff ${purpose}`),
    random.hedge,
    fromHexId(random.challengeId),
  );
  return crypto.hmac('sha512', keys.hedgeKey, input).slice(0, byteCount);
}

/** An audit entry about a device. */
export function deviceAudit(serial: string, entry: Omit<AuditDraft, 'subject' | 'serial'>): AuditDraft {
  return { subject: serial, serial, ...entry };
}

/** An audit entry about a customer. */
export function customerAudit(
  customerId: string,
  actor: Actor,
  entry: Omit<AuditDraft, 'subject' | 'customer' | 'operator'>,
): AuditDraft {
  return { subject: `customer:${customerId}`, customer: customerId, operator: actor.name, ...entry };
}

function fromHexId(id: string): Uint8Array {
  const bytes = fromHex(id);
  return bytes.ok ? bytes.value : new Uint8Array(0);
}
