import { assert, concatBytes, equalConstantTime } from '@chiavetta/protocol/bytes';
import { parseSerial, readCertificate } from '@chiavetta/protocol/keys';
import { verifyPrekeys } from '@chiavetta/protocol/otc';
import type { Crypto } from '@chiavetta/protocol/ports';
import { readyMac } from '@chiavetta/protocol/session';
import type { PrekeyBlock } from '@chiavetta/protocol/wire';
import type { StoredRecord } from '../../ports/store.ts';
import { changeOf } from '../../ports/store.ts';
import type { Decider } from '../decision.ts';
import type { RecordTypes } from '../records.ts';
import type { StoredToken } from '../stored.ts';
import type { DeviceTransaction, OpenSecret, StoredPrekey, TokenState } from '../token-record.ts';
import { abandonedToken } from './apply-operation.ts';
import { isLowOrderX25519 } from './low-order-keys.ts';
import type { StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';
import type { StaffDecision } from './staff-decision.ts';
import { deviceAudit, openStored, putToken, unchanged } from './staff-decision.ts';
import { bytesOfTxid } from './staff-ticket.ts';

/** What a token says to prove that it staged the operation: in READY, or again in STATUS_REPLY. */
export type DeviceProof = { readonly mac: Uint8Array; readonly prekeys?: PrekeyBlock };

/** What a proof came to. A false one is no reason to commit, and the token's staged record is discarded. */
export type ProofVerdict = { readonly tag: 'proved' } | { readonly tag: 'false'; readonly reason: string };

/** Checks the proof and stores it: only after this is durable may COMMIT leave. */
export function decideProof(
  decider: Decider,
  records: { readonly token: StoredToken | undefined },
  job: {
    readonly txid: string;
    readonly proof: DeviceProof;
    readonly operator: string;
    /** Where the token committed long ago it may have no block any more: it then pairs without a prekey. */
    readonly blockMayBeMissing?: boolean;
  },
): StaffDecision<ProofVerdict> {
  const found = findTransaction(decider, records.token, job.txid);
  if (!found.ok) return unchanged(found);
  const { token, transaction, version } = found.value;
  const checked = checkProof(decider.crypto, { token, transaction, ...job });
  if (!checked.ok) {
    const { reason } = checked.error;
    const entry = { event: 'device.proof_false', operator: job.operator, reason, detail: { txid: job.txid } };
    return {
      answer: { ok: true, value: { tag: 'false', reason } },
      change: changeOf({ audit: [deviceAudit(token.serial, entry)] }),
    };
  }
  const answer: StaffAnswer<ProofVerdict> = { ok: true, value: { tag: 'proved' } };
  if (transaction.state === 'PROVED') return unchanged(answer);
  const proved = { ...transaction, state: 'PROVED', prekeys: checked.value } as const;
  const { txid, operator } = job;
  return {
    answer,
    change: changeOf({
      puts: [putToken(decider, { ...token, transaction: proved }, version)],
      audit: [deviceAudit(token.serial, { event: 'device.proved', operator, detail: { txid } })],
    }),
  };
}

/** Forgets a transaction that the token does not have and can never commit: it refused it, or lost it. */
export function decideAbandon(
  decider: Decider,
  records: {
    readonly token: StoredToken | undefined;
    readonly ticket: StoredRecord<RecordTypes, 'ticket'> | undefined;
  },
  job: { readonly txid: string; readonly operator?: string; readonly reason: string },
): StaffDecision<{ readonly deviceState: string }> {
  const found = findTransaction(decider, records.token, job.txid);
  if (!found.ok) return unchanged(found);
  const { token, transaction, version } = found.value;
  const before = abandonedToken(token);
  const { operator, reason } = job;
  return {
    answer: { ok: true, value: { deviceState: before.device } },
    change: changeOf({
      puts: [putToken(decider, before, version)],
      removes:
        records.ticket === undefined
          ? []
          : [{ kind: 'ticket', id: records.ticket.id, expected: records.ticket.version }],
      audit: [
        deviceAudit(token.serial, {
          event: 'device.discarded',
          ...(operator === undefined ? {} : { operator }),
          reason,
          detail: { operation: transaction.operation, txid: transaction.txid },
        }),
      ],
    }),
  };
}

/** A reservation that nobody came back to: a device in doubt is never given up so. */
export function decideReap(
  decider: Decider,
  records: Parameters<typeof decideAbandon>[1],
): StaffDecision<boolean> {
  const transaction = records.token?.value.transaction;
  const { ticket } = records;
  const isOld = (sinceMs: number): boolean => decider.nowMs - sinceMs >= decider.policy.staff.reservedMs;
  const isOurs = transaction !== undefined && transaction.txid === ticket?.id;
  if (isOurs && transaction.state === 'RESERVED' && isOld(transaction.startedAtMs)) {
    const { answer, change } = decideAbandon(decider, records, {
      txid: transaction.txid,
      reason: 'nobody went on with the reservation',
    });
    return { answer: answer.ok ? { ok: true, value: true } : answer, change };
  }
  if (isOurs || ticket === undefined || !isOld(ticket.value.issuedAtMs)) {
    return unchanged({ ok: true, value: false });
  }
  // The ticket of a reservation that another one replaced.
  const removes = [{ kind: 'ticket', id: ticket.id, expected: ticket.version }] as const;
  return { answer: { ok: true, value: true }, change: changeOf({ removes }) };
}

/** The open transaction of a token, if it is still the one that the caller means. */
export function findTransaction(
  decider: Decider,
  stored: StoredToken | undefined,
  txid: string,
): StaffAnswer<{
  readonly token: TokenState;
  readonly transaction: DeviceTransaction<OpenSecret>;
  readonly version: number;
}> {
  const gone = refuse('SERVER_REFUSED', 'another session has settled this transaction: start again');
  if (stored === undefined) return gone;
  const opened = openStored(decider, stored);
  if (!opened.ok) return opened;
  const { transaction } = opened.value;
  if (transaction?.txid !== txid) return gone;
  return { ok: true, value: { token: opened.value, transaction, version: stored.version } };
}

function checkProof(
  crypto: Crypto,
  job: {
    readonly token: TokenState;
    readonly transaction: DeviceTransaction<OpenSecret>;
    readonly proof: DeviceProof;
    readonly blockMayBeMissing?: boolean;
  },
): StaffAnswer<readonly StoredPrekey[]> {
  const { transaction, proof } = job;
  const { readyKey, prepareBody, operation, txid } = transaction;
  if (readyKey === undefined || prepareBody === undefined) {
    return refuse('TAMPER', 'the device proves something that it was never told');
  }
  const mac = readyMac(crypto, {
    readyKey: readyKey.bytes,
    txid: bytesOfTxid(txid),
    prepareBody: prepareBody.bytes,
  });
  if (!equalConstantTime(mac, proof.mac)) return refuse('TAMPER', 'the proof of the device is wrong');
  if (operation !== 'bind' && operation !== 'reset' && operation !== 'rekey') return { ok: true, value: [] };
  if (proof.prekeys === undefined) {
    return job.blockMayBeMissing === true
      ? { ok: true, value: [] }
      : refuse('TAMPER', 'the device sent no prekeys');
  }
  return checkPrekeys(crypto, job.token, proof.prekeys);
}

function checkPrekeys(
  crypto: Crypto,
  token: TokenState,
  block: PrekeyBlock,
): StaffAnswer<readonly StoredPrekey[]> {
  const certificate = readCertificate(token.certificate);
  const serial = parseSerial(token.serial);
  assert(certificate.ok && serial.ok, 'a stored certificate was checked');
  const verified = verifyPrekeys(crypto, {
    identityKey: certificate.value.ed25519,
    serial: serial.value,
    block: { firstId: block.firstPrekeyId, publics: block.publicKeys, signature: block.signature },
  });
  if (!verified.ok) return refuse('TAMPER', 'the prekeys were not signed by the device');
  const keys = verified.value.map((one) => one.publicKey);
  if (keys.some((key) => isLowOrderX25519(crypto, key))) return refuse('TAMPER', 'a prekey has low order');
  const all = new Set([...keys, certificate.value.x25519].map((key) => concatBytes(key).join()));
  if (all.size !== keys.length + 1) return refuse('TAMPER', 'two keys of the device are the same');
  return verified;
}
