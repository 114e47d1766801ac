import { assert } from '@chiavetta/protocol/bytes';
import { parseSerial } from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import { deriveProvisioning } from '@chiavetta/protocol/session';
import type { HelloReply, PrepareBody } from '@chiavetta/protocol/wire';
import { CAPABILITIES, encodePrepare, OTP_ALGORITHMS, OTP_MODES } from '@chiavetta/protocol/wire';
import type { StoredRecord } from '../../ports/store.ts';
import { changeOf } from '../../ports/store.ts';
import type { Decider } from '../decision.ts';
import type { RecordTypes } from '../records.ts';
import type { StoredToken } from '../stored.ts';
import type { DeviceTransaction, OpenSecret, TokenState } from '../token-record.ts';
import { checkRequest, requestAt } from './device-request.ts';
import type { StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';
import type { StaffDecision } from './staff-decision.ts';
import { deviceAudit, freshBytes, openStored, putToken, unchanged } from './staff-decision.ts';
import { bytesOfTxid, checkTicket } from './staff-ticket.ts';

const STEP_SECONDS = 30;
const CODE_DIGITS = 6;

/** The PREPARE that carries the reserved operation to the token. */
export function prepareFor(
  decider: Decider,
  job: {
    readonly transaction: DeviceTransaction<unknown>;
    readonly hello: HelloReply;
    /** What the token shows while it asks for OK. */
    readonly customerLabel: string;
  },
): PrepareBody {
  const { transaction } = job;
  const { operation, seedEpoch, slot = 0 } = transaction;
  if (operation === 'provision') {
    const isTotp = (job.hello.capabilities & CAPABILITIES.clockCodes) !== 0;
    return {
      tag: 'provision',
      seedEpoch,
      algorithm: OTP_ALGORITHMS.sha1,
      mode: isTotp ? OTP_MODES.totp : OTP_MODES.hotp,
      digits: CODE_DIGITS,
      stepSeconds: isTotp ? STEP_SECONDS : 0,
    };
  }
  if (operation === 'unlock') return { tag: 'unlock', seedEpoch };
  if (operation === 'revoke') return { tag: 'revoke', seedEpoch, slot };
  const { keyId, secret } = decider.keys.pairingStatic;
  return {
    tag: operation,
    seedEpoch,
    slot,
    keyId,
    serverKey: decider.crypto.x25519PublicKey(secret),
    hintKey: freshBytes(decider, 'hint key', 32),
    label: decider.bankLabel,
    customerLabel: job.customerLabel,
  };
}

type Stored<K extends keyof RecordTypes & string> = StoredRecord<RecordTypes, K> | undefined;

/** What was reserved, read again at the moment of use. */
export type PrepareRecords = {
  readonly token: StoredToken | undefined;
  readonly ticket: Stored<'ticket'>;
  readonly request: Stored<'request'>;
};

/** What is about to be sent, and from where its secrets come. */
export type PrepareJob = {
  readonly txid: string;
  readonly prepare: PrepareBody;
  /** Third output of the session's split, 32 bytes. */
  readonly exporter: Uint8Array;
  readonly ticketPublicKey: Uint8Array;
  readonly operator: string;
};

/**
 * Stores what the token is about to be told, before it is told: seed, proof key and PREPARE, sealed; the ticket used.
 * From here on the device is IN_DOUBT until it answers. docs/spec/provisioning.md, "Transaction".
 */
export function decidePrepare(
  decider: Decider,
  records: PrepareRecords,
  job: PrepareJob,
): StaffDecision<undefined> {
  const found = findReserved(decider, records, job);
  if (!found.ok) return unchanged(found);
  const { token, transaction } = found.value;
  const { request, ticket } = records;
  assert(records.token !== undefined && ticket !== undefined, 'what was reserved is stored');
  const { operation, txid, seedEpoch } = transaction;
  const inDoubt: TokenState = {
    ...token,
    device: 'IN_DOUBT',
    transaction: told(decider.crypto, { token, transaction, prepare: job.prepare, exporter: job.exporter }),
  };
  return {
    answer: { ok: true, value: undefined },
    change: changeOf({
      puts: [
        putToken(decider, inDoubt, records.token.version),
        {
          kind: 'ticket',
          id: ticket.id,
          expected: ticket.version,
          value: { ...ticket.value, usedAtMs: decider.nowMs },
        },
      ],
      checks: request === undefined ? [] : [{ kind: 'request', id: request.id, expected: request.version }],
      audit: [
        deviceAudit(token.serial, {
          event: 'device.in_doubt',
          operator: job.operator,
          detail: { operation, txid, seedEpoch },
        }),
      ],
    }),
  };
}

/** The reservation, if it is still this session's, its ticket still good and its request still approved. */
function findReserved(
  decider: Decider,
  records: PrepareRecords,
  job: PrepareJob,
): StaffAnswer<{ readonly token: TokenState; readonly transaction: DeviceTransaction<OpenSecret> }> {
  const { crypto, nowMs } = decider;
  const lost = refuse('SERVER_REFUSED', 'another session has taken the device over: start again');
  if (records.token === undefined) return lost;
  const opened = openStored(decider, records.token);
  if (!opened.ok) return opened;
  const token = opened.value;
  const { transaction } = token;
  if (transaction?.txid !== job.txid || transaction.state !== 'RESERVED') return lost;
  const { ticketPublicKey } = job;
  const record = records.ticket?.value;
  const ticket = checkTicket({ crypto, ticketPublicKey, transaction, serial: token.serial, record, nowMs });
  if (!ticket.ok) return ticket;
  if (token.blocked !== undefined) {
    return refuse('ATTEST_REVOKED', `the device is blocked: ${token.blocked.reason}`);
  }
  if (transaction.requestId !== undefined) {
    const stored = records.request?.value;
    const now = stored && requestAt(stored, nowMs, decider.policy.staff.requestMs);
    const checked = checkRequest(now, { operation: transaction.operation, serial: token.serial });
    if (!checked.ok) return checked;
  }
  return { ok: true, value: { token, transaction } };
}

/** The transaction with what the token is told, and what both sides derive from the session. */
function told(
  crypto: Crypto,
  job: {
    readonly token: TokenState;
    readonly transaction: DeviceTransaction<OpenSecret>;
    readonly prepare: PrepareBody;
    readonly exporter: Uint8Array;
  },
): DeviceTransaction<OpenSecret> {
  const { transaction, prepare, exporter } = job;
  const serial = parseSerial(job.token.serial);
  assert(serial.ok, 'a stored serial is one');
  const { seed, readyKey } = deriveProvisioning(crypto, {
    exporter,
    txid: bytesOfTxid(transaction.txid),
    serial: serial.value,
    seedEpoch: transaction.seedEpoch,
    seedBytes: prepare.tag === 'provision' ? 20 : 0,
  });
  return {
    ...transaction,
    state: 'IN_DOUBT',
    ...(prepare.tag === 'provision' ? { seed: { bytes: seed } } : {}),
    readyKey: { bytes: readyKey },
    prepareBody: { bytes: encodePrepare(prepare) },
  };
}
