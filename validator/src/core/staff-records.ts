import type { DeviceBlock, DeviceOperation } from './token-record.ts';

export type OperatorRole = 'clerk' | 'supervisor' | 'auditor' | 'referente' | 'service';

/** A person or program that works at the bank's side. The record's id is the name. */
export type OperatorRecord = {
  readonly name: string;
  /** Stands in tickets: 4 bytes, unique, never used again. */
  readonly operatorId: number;
  readonly role: OperatorRole;
  readonly salt: Uint8Array;
  readonly verifier: Uint8Array;
  readonly createdAtMs: number;
  /** Who added the operator. Absent: added by an earlier release, or at the first start. */
  readonly addedBy?: string;
  readonly disabled: boolean;
  readonly wrongPasswords: number;
  readonly coolingUntilMs?: number;
};

/** The record's id is the hexadecimal SHA-256 of the token that the operator's program holds. */
export type OperatorSessionRecord = {
  readonly name: string;
  readonly role: OperatorRole;
  readonly openedAtMs: number;
  readonly lastSeenMs: number;
};

export type RequestOperation = Exclude<DeviceOperation, 'provision' | 'revoke'> | 'replace';
/** `expired` is never stored: it is what a request that waited too long is shown as. */
export type RequestState = 'waiting' | 'approved' | 'rejected' | 'used' | 'expired';

/** Something that two people have to want. The record's id is the request id. */
export type RequestRecord = {
  readonly requestId: string;
  readonly operation: RequestOperation;
  readonly serial: string;
  readonly customerId?: string;
  readonly oldSerial?: string;
  readonly slot?: number;
  readonly reason: string;
  readonly requester: string;
  readonly approver?: string;
  readonly state: RequestState;
  readonly atMs: number;
  readonly decidedAtMs?: number;
};

/** A minted ticket, so that none is used twice. The record's id is the txid in hexadecimal. */
export type TicketRecord = {
  readonly txid: string;
  readonly serial: string;
  readonly operation: DeviceOperation;
  readonly slot: number;
  readonly requestId?: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly usedAtMs?: number;
};

/** A serial that a signed manifest announced. The record's id is the serial. */
export type ShippedRecord = {
  readonly serial: string;
  readonly certificateHash: Uint8Array;
  readonly makerId: number;
  readonly manifestId: number;
  readonly atMs: number;
  readonly blocked?: DeviceBlock;
};

/** Whose public key this is, so that no two tokens have the same. The record's id is the key in hexadecimal. */
export type DeviceKeyRecord = { readonly serial: string };

/** One value about the whole store. The record's id is its name: `epoch`, `operators`, `first people`, `manifest:<maker>:<id>`. */
export type MetaRecord = { readonly value: number; readonly text?: string };

/** The answer to a staff request that may be sent again. The record's id is operator and key. */
export type IdempotencyRecord = {
  readonly requestMark: Uint8Array;
  readonly status: number;
  readonly body: string;
  readonly atMs: number;
};
