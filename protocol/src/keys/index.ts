export type { CertificateBody, CertificateError, TokenCertificate } from './certificate.ts';
export {
  CERTIFICATE_BYTES,
  certificateFingerprint,
  certificateLayout,
  issueCertificate,
  MODEL_AUTHORITY,
  MODEL_FOB,
  MODEL_ISSUER,
  MODEL_OTC,
  readCertificate,
  verifyCertificate,
} from './certificate.ts';
export type { Manifest, ManifestEntry, ManifestError } from './manifest.ts';
export {
  MANIFEST_ENTRY_COUNT_MAX,
  manifestEntryLayout,
  manifestHeadLayout,
  signManifest,
  verifyManifest,
} from './manifest.ts';
export type { OperationCode, OperatorTicket, TicketBody, TicketError } from './operator-ticket.ts';
export {
  customerHash,
  issueTicket,
  OPERATIONS,
  TICKET_BYTES,
  TICKET_LIFETIME_S_MAX,
  ticketLayout,
  verifyTicket,
} from './operator-ticket.ts';
export type { TokenChainError } from './token-chain.ts';
export { verifyTokenChain } from './token-chain.ts';
export type { SerialError, TokenSerial } from './token-serial.ts';
export { fieldSerial, formatSerial, parseSerial, SERIAL_MAX, tokenSerial } from './token-serial.ts';
