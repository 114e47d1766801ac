/** What a decision wants remembered. It never carries a secret: no PIN, no code, no key. */
export type AuditDraft = {
  /** Whose chain the entry belongs to: a token serial, `customer:<id>`, `operator:<name>` or `store`. */
  readonly subject: string;
  readonly event: string;
  readonly operator?: string | undefined;
  readonly approvers?: readonly string[] | undefined;
  readonly customer?: string | undefined;
  readonly serial?: string | undefined;
  readonly reason?: string | undefined;
  readonly detail?: Readonly<Record<string, string | number | boolean>> | undefined;
};

/** One remembered event, at its place in the log and in its subject's chain. docs/spec/validation.md, "Audit". */
export type AuditEntry = AuditDraft & {
  /** Place in the whole log, from 0, without a gap. */
  readonly index: number;
  /** Place in the chain of its subject, from 0, without a gap. */
  readonly subjectIndex: number;
  /** When it was committed, in milliseconds since 1970. */
  readonly atMs: number;
  /** Hash of the subject's entry before this one, 32 bytes; all zero for the first. */
  readonly previous: Uint8Array;
  /** Hash of this entry, 32 bytes: its leaf in the Merkle tree. */
  readonly hash: Uint8Array;
};

/** An entry as a store keeps it: the bytes that were hashed, with what finds them again beside them. */
export type AuditRow = {
  readonly index: number;
  readonly subject: string;
  readonly subjectIndex: number;
  readonly body: Uint8Array;
  readonly hash: Uint8Array;
};

/** The size and the RFC 6962 root of a log at one moment. */
export type AuditHead = { readonly count: number; readonly root: Uint8Array };

/** A head, signed with the store's Ed25519 checkpoint key. */
export type SignedCheckpoint = AuditHead & {
  readonly atMs: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
};

/** The log of one store, as others may read it. */
export interface AuditLog {
  /** Entries after an index (-1 or absent: from the start), oldest first, at most `limit`. */
  entries(query: { readonly afterIndex?: number; readonly limit: number }): Promise<readonly AuditEntry[]>;
  /** The same as stored bytes: what `verifyAudit` takes. */
  rows(query: { readonly afterIndex?: number; readonly limit: number }): Promise<readonly AuditRow[]>;
  head(): Promise<AuditHead>;
  /** Signs the head as it is now and witnesses it; the same head twice gives the same checkpoint. */
  checkpoint(): Promise<SignedCheckpoint>;
  /** Every checkpoint signed so far, oldest first. */
  checkpoints(): Promise<readonly SignedCheckpoint[]>;
}
