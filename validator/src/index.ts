export {
  CHECKPOINT_EVERY_ENTRIES,
  CHECKPOINT_LABEL,
  checkpointMessage,
  parseWitnessLine,
  signCheckpoint,
  verifyCheckpoint,
  witnessLine,
} from './core/audit/checkpoint.ts';
export type { AuditContent } from './core/audit/entry-body.ts';
export {
  AUDIT_FIELD_TAGS,
  auditHeaderLayout,
  decodeAuditBody,
  encodeAuditBody,
} from './core/audit/entry-body.ts';
export { AUDIT_DETAIL_KINDS } from './core/audit/entry-detail.ts';
export type { AuditEntryText, AuditExport, CheckpointText } from './core/audit/export-line.ts';
export { exportedCheckpoint, exportedEntry, readAuditExport } from './core/audit/export-line.ts';
export {
  consistencyProof,
  inclusionProof,
  rootOfLeaves,
  verifyConsistency,
  verifyInclusion,
} from './core/audit/merkle-proof.ts';
export { leafHash } from './core/audit/merkle-tree.ts';
export type {
  AuditEvidence,
  AuditFault,
  AuditFinding,
  AuditProgress,
  AuditVerdict,
} from './core/audit/verify-audit.ts';
export { verifyAudit } from './core/audit/verify-audit.ts';
export type { AccountState, CustomerRecord } from './core/customer-record.ts';
export { accountState } from './core/customer-record.ts';
export type { CodeAnswer, CodeAttempt } from './core/decide-code.ts';
export type { SendAnswer } from './core/decide-send.ts';
export type { BindingView, TokenView, ViewJob } from './core/describe-token.ts';
export { describeToken, explainLastRefusal } from './core/describe-token.ts';
export type { Policy } from './core/policy.ts';
export { DEFAULT_POLICY } from './core/policy.ts';
export type { BlockAnswer, PinChangeAnswer } from './core/portal-session.ts';
export type { RecordTypes } from './core/records.ts';
export { REFUSED_WORDS } from './core/refusal-words.ts';
export type {
  AuditDraft,
  AuditEntry,
  AuditHead,
  AuditLog,
  AuditRow,
  SignedCheckpoint,
} from './ports/audit-log.ts';
export type { StoreFailure } from './ports/failure.ts';
export { ChiavettaError, STORE_FAILURES, StoreError } from './ports/failure.ts';
export type { Mail, MailKind, PendingMail } from './ports/mail.ts';
export type { Change, CommitOutcome, Outbox, Store, StoredRecord } from './ports/store.ts';
export { changeOf } from './ports/store.ts';
export type { ValidatorKeys, ValidatorPorts } from './ports/validator-ports.ts';
export type { CustomerSession, SessionView } from './service/customer-session.ts';
export { customerSession } from './service/customer-session.ts';
export type { Portal, SendRequest } from './service/portal.ts';
export { portal } from './service/portal.ts';
export { reapExpired } from './service/reap-expired.ts';
