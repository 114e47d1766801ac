import { toHex } from '@chiavetta/protocol/bytes';
import type { HelloReply } from '@chiavetta/protocol/wire';
import { changeOf } from '../../ports/store.ts';
import type { Decider } from '../decision.ts';
import { firstPairingCounter } from '../restore-token.ts';
import type { DeviceTransaction, TokenState } from '../token-record.ts';
import type { GenuineDevice } from './device-check.ts';
import { checkDevice, deviceKeyIds } from './device-check.ts';
import type { Allowed, ReserveJob, ReserveRecords, Stored } from './reserve-checks.ts';
import { checkOperation } from './reserve-checks.ts';
import type { StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';
import type { StaffDecision } from './staff-decision.ts';
import { deviceAudit, freshBytes, openStored, putToken, unchanged } from './staff-decision.ts';
import { mintTicket } from './staff-ticket.ts';

/** `prepare`: reserved, PREPARE may follow. `recover`: an interrupted transaction comes first. */
export type Reservation = {
  readonly tag: 'prepare' | 'recover';
  readonly serial: string;
  readonly transaction: DeviceTransaction<unknown>;
};

/**
 * Reserves the device for one operation: the ticket is minted and stored with it. A reservation that came to nothing
 * gives way to the next; a transaction in doubt never does. docs/spec/provisioning.md, "Transaction".
 */
export function decideReserve(
  decider: Decider,
  records: ReserveRecords,
  job: ReserveJob,
): StaffDecision<Reservation> {
  const { crypto, nowMs } = decider;
  const device = checkDevice({
    crypto,
    nowMs,
    makerRoots: job.makerRoots,
    issuerCertificates: job.issuerCertificates,
    shown: job.shown,
    known: {
      token: records.token?.value,
      shipped: records.shipped?.value,
      keyOwners: records.keys.map((one) => one?.value.serial),
    },
  });
  if (!device.ok) return refusedDevice(job, device);
  const { serial } = device.value;
  const stored = records.token === undefined ? undefined : openStored(decider, records.token);
  if (stored?.ok === false) return unchanged(stored);
  const token = stored?.value ?? newToken(records, device.value, job.shown.certificate);
  if (job.shown.hello.seedEpoch < token.seedEpoch) {
    return refusedDevice(
      job,
      refuse(
        'ROLLBACK',
        'the device is older than what it confirmed before: its memory was put back or copied',
      ),
    );
  }
  const open = token.transaction;
  if (open !== undefined && open.state !== 'RESERVED') {
    return unchanged({ ok: true, value: { tag: 'recover', serial, transaction: open } });
  }
  const allowed = checkOperation({ decider, records, job, token });
  if (!allowed.ok) return unchanged(allowed);
  return reservation(decider, records, { ...job, device: device.value, token, ...allowed.value });
}

function reservation(
  decider: Decider,
  records: ReserveRecords,
  job: ReserveJob & Allowed & { readonly device: GenuineDevice; readonly token: TokenState },
): StaffDecision<Reservation> {
  const { crypto, nowMs, policy } = decider;
  const { serial } = job.device;
  const txid = toHex(freshBytes(decider, 'txid', 16));
  const ticketJob = {
    txid,
    operation: job.operation,
    serial,
    slot: job.slot,
    approvers: job.approvers,
    nowMs,
    lifetimeMs: policy.staff.ticketMs,
    ...(job.customerId === undefined ? {} : { customerId: job.customerId }),
  };
  const requestId = job.request?.requestId;
  const transaction: DeviceTransaction<never> = {
    txid,
    operation: job.operation,
    ...(requestId === undefined ? {} : { requestId }),
    state: 'RESERVED',
    seedEpoch: 1 + Math.max(job.token.seedEpoch, job.shown.hello.seedEpoch),
    ticket: mintTicket(crypto, job.ticketSecret, ticketJob),
    ...(job.customerId === undefined ? {} : { customerId: job.customerId }),
    slot: job.slot,
    startedAtMs: nowMs,
    operators: job.operators,
  };
  const { transaction: _old, ...rest } = job.token;
  const reserved: TokenState = { ...rest, device: 'RESERVED', transaction };
  const { operation, slot } = job;
  const keyIds = deviceKeyIds(job.device.certificate);
  return {
    answer: { ok: true, value: { tag: 'prepare', serial, transaction } },
    change: changeOf({
      puts: [
        putToken(decider, reserved, records.token?.version ?? 0),
        {
          kind: 'ticket',
          id: txid,
          expected: 0,
          value: {
            txid,
            serial,
            operation,
            slot,
            ...(requestId === undefined ? {} : { requestId }),
            issuedAtMs: nowMs,
            expiresAtMs: nowMs + policy.staff.ticketMs,
          },
        },
        ...keyIds.flatMap((id, index) =>
          records.keys[index] === undefined
            ? [{ kind: 'deviceKey', id, expected: 0, value: { serial } } as const]
            : [],
        ),
      ],
      checks: [...expectSame('request', records.request), ...expectSame('shipped', records.shipped)],
      audit: [
        deviceAudit(serial, { ...auditOf(job), event: 'device.reserved', detail: { operation, txid, slot } }),
      ],
    }),
  };
}

/** A device that is refused leaves a trace: somebody put it into the cradle of a branch. */
function refusedDevice(
  job: ReserveJob,
  answer: Extract<StaffAnswer<never>, { readonly ok: false }>,
): StaffDecision<never> {
  const { id, reason } = answer.error;
  // Nothing about this device is proved, so the entry stands with the person and not with the serial.
  const entry = {
    subject: `operator:${job.actor.name}`,
    event: 'device.refused',
    operator: job.actor.name,
    reason,
    detail: { id, announced: announcedSerial(job.shown.hello) },
  };
  return { answer, change: changeOf({ audit: [entry] }) };
}

function announcedSerial(hello: HelloReply): string {
  return hello.serial.toString().padStart(12, '0');
}

function newToken(records: ReserveRecords, device: GenuineDevice, certificate: Uint8Array): TokenState {
  const storeEpoch = records.epoch?.value.value ?? 1;
  const base = { serial: device.serial, device: 'STOCK', certificate, seedEpoch: 0, storeEpoch } as const;
  if (device.kind === 'fob') return { ...base, kind: 'fob', bindings: [] };
  return {
    ...base,
    kind: 'otc',
    devicePublicKey: device.certificate.x25519,
    pairingCounter: firstPairingCounter(storeEpoch),
    prekeys: [],
    bindings: [],
  };
}

function auditOf(job: ReserveJob & Allowed): {
  readonly operator: string;
  readonly approvers?: readonly string[];
  readonly customer?: string;
  readonly reason?: string;
} {
  const { request, customerId } = job;
  return {
    operator: job.actor.name,
    ...(request?.approver === undefined ? {} : { approvers: [request.requester, request.approver] }),
    ...(customerId === undefined ? {} : { customer: customerId }),
    ...(request === undefined ? {} : { reason: request.reason }),
  };
}

function expectSame<K extends 'request' | 'shipped'>(
  kind: K,
  stored: Stored<K>,
): readonly { readonly kind: K; readonly id: string; readonly expected: number }[] {
  return stored === undefined ? [] : [{ kind, id: stored.id, expected: stored.version }];
}
