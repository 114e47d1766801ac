import type { Result } from '@chiavetta/protocol/bytes';
import { concatBytes, equalConstantTime, err, ok } from '@chiavetta/protocol/bytes';
import type { OperationCode, OperatorTicket } from '@chiavetta/protocol/keys';
import { MODEL_AUTHORITY, OPERATIONS, verifyCertificate, verifyTicket } from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { PrepareBody, WireErrorName } from '@chiavetta/protocol/wire';
import { decodeAuthorityPayload, decodePrepare } from '@chiavetta/protocol/wire';
import type { SerialIdentity } from './operation.ts';
import type { SerialPermit } from './serial-state.ts';
import type { TransactionRecord } from './transaction-record.ts';

/** What the third handshake message allows: an operation, or a look at what became of one. */
export type Permission = {
  readonly permit: SerialPermit;
  /** `undefined` in a session that only asks for the status. */
  readonly prepare: { readonly value: PrepareBody; readonly body: Uint8Array } | undefined;
};

/**
 * Checks everything that the authority says about itself and about the operation, before anything changes:
 * authority certificate against the anchor and against the Noise static, ticket, and PREPARE body.
 * docs/spec/provisioning.md, "What the token checks".
 */
export function checkPermission(
  crypto: Crypto,
  attempt: {
    readonly payload: Uint8Array;
    readonly remoteStatic: Uint8Array;
    readonly identity: SerialIdentity;
    readonly record: TransactionRecord;
    /** The highest epoch the device has reached. */
    readonly epoch: number;
  },
): Result<Permission, WireErrorName> {
  const parts = decodeAuthorityPayload(attempt.payload);
  if (!parts.ok) return err('badLength');
  const authority = verifyCertificate({
    crypto,
    certificate: parts.value.authorityCertificate,
    issuerPublicKey: attempt.identity.anchorPublicKey,
    models: [MODEL_AUTHORITY],
  });
  if (!authority.ok) return err('authority');
  // A certificate is public: only the owner of its X25519 key can be at the other end of this session.
  if (!equalConstantTime(authority.value.x25519, attempt.remoteStatic)) return err('authority');
  const ticket = verifyTicket({
    crypto,
    ticket: parts.value.ticket,
    ticketPublicKey: authority.value.ed25519,
  });
  if (!ticket.ok || !isForThisToken(ticket.value, attempt)) return err('ticket');
  const permit: SerialPermit = {
    operation: ticket.value.operation,
    txid: ticket.value.nonce,
    issuedS: ticket.value.issued,
  };
  const body = parts.value.prepare;
  if (body.length === 0) return ok({ permit, prepare: undefined });
  const tag = prepareTagOf(ticket.value.operation);
  if (tag === undefined) return err('unsupported');
  const prepare = decodePrepare(tag, body);
  if (!prepare.ok) return err('badLength');
  if ('slot' in prepare.value && prepare.value.slot !== ticket.value.slot) return err('ticket');
  if (isFinished(attempt.record, permit.txid)) return err('badState');
  // An epoch never goes back: an old validator, or a restored one, cannot bring an old seed's number again.
  if (prepare.value.seedEpoch <= attempt.epoch) return err('badState');
  return ok({ permit, prepare: { value: prepare.value, body: concatBytes(body) } });
}

/** Whether a transaction is the committed one, or the one before it. */
function isFinished(record: TransactionRecord, txid: Uint8Array): boolean {
  const current = record.state === 'committed' && equalConstantTime(record.txid, txid);
  return current || (record.done.seedEpoch > 0 && equalConstantTime(record.done.txid, txid));
}

function isForThisToken(
  ticket: OperatorTicket,
  attempt: { readonly identity: SerialIdentity; readonly record: TransactionRecord },
): boolean {
  if (ticket.serial !== attempt.identity.serial) return false;
  // The token has no clock: a ticket issued before the last accepted one is an old one kept for later. The same nonce
  // is the same transaction again, after a lost session.
  const isRepeat = equalConstantTime(ticket.nonce, attempt.record.ticketNonce);
  return ticket.issued >= attempt.record.ticketIssuedS || isRepeat;
}

function prepareTagOf(operation: OperationCode): PrepareBody['tag'] | undefined {
  switch (operation) {
    case OPERATIONS.provision:
      return 'provision';
    case OPERATIONS.bind:
      return 'bind';
    case OPERATIONS.unlock:
      return 'unlock';
    case OPERATIONS.reset:
      return 'reset';
    case OPERATIONS.rekey:
      return 'rekey';
    case OPERATIONS.revoke:
      return 'revoke';
    default:
      return undefined;
  }
}
