import { assert } from '@chiavetta/protocol/bytes';
import { readCertificate, verifyTicket } from '@chiavetta/protocol/keys';
import type { NoiseState } from '@chiavetta/protocol/session';
import { remoteStaticOf, sessionOf, writeMessage } from '@chiavetta/protocol/session';
import { encodeAuthorityPayload, encodePrepare } from '@chiavetta/protocol/wire';
import { claimedSerial, deviceKeyIds } from '../../core/staff/device-check.ts';
import { decidePrepare, prepareFor } from '../../core/staff/prepare-device.ts';
import type { ReserveRecords } from '../../core/staff/reserve-checks.ts';
import type { Reservation } from '../../core/staff/reserve-device.ts';
import { decideReserve } from '../../core/staff/reserve-device.ts';
import type { Actor, StaffAnswer } from '../../core/staff/staff-answer.ts';
import { refuse } from '../../core/staff/staff-answer.ts';
import { renewTicket } from '../../core/staff/staff-ticket.ts';
import type { DeviceTransaction } from '../../core/token-record.ts';
import { decideAndCommit, deciderOf } from '../commit-loop.ts';
import type { SerialSession, SerialStep } from './serial-table.ts';
import type { StaffPorts } from './staff-services.ts';
import { findInSource } from './stock.ts';

/**
 * The token showed its certificate: reserve it for what was asked, store what it will be told, and only then tell it.
 * If an earlier session left a transaction in doubt, ask what became of it instead.
 */
export async function onCertificate(
  ports: StaffPorts,
  session: SerialSession,
  job: { readonly actor: Actor; readonly state: NoiseState; readonly payload: Uint8Array },
): Promise<StaffAnswer<SerialStep>> {
  const remoteStatic = remoteStaticOf(job.state);
  const serial = claimedSerial(job.payload);
  assert(remoteStatic !== undefined, 'the second message shows the static key');
  if (serial === undefined) return refuse('ATTEST_FAILED', 'the device shows no certificate');
  await findInSource(ports, { actor: job.actor, serial });
  const reserved = await decideAndCommit(ports, {
    read: async () => await reserveRecords(ports, session, { serial, certificate: job.payload }),
    decide: (decider, records) =>
      decideReserve(decider, records, {
        actor: job.actor,
        ...session.task,
        shown: { certificate: job.payload, remoteStatic, hello: session.task.hello },
        makerRoots: ports.keys.makerRoots,
        issuerCertificates: ports.keys.issuerCertificates,
        ticketSecret: ports.keys.ticketKey.expose(),
      }),
  });
  if (!reserved.ok) return reserved;
  const { transaction } = reserved.value;
  return reserved.value.tag === 'recover'
    ? askStatus(ports, session, { state: job.state, serial, transaction })
    : await sendPrepare(ports, session, { state: job.state, actor: job.actor, reservation: reserved.value });
}

async function sendPrepare(
  ports: StaffPorts,
  session: SerialSession,
  job: { readonly state: NoiseState; readonly actor: Actor; readonly reservation: Reservation },
): Promise<StaffAnswer<SerialStep>> {
  const { serial, transaction } = job.reservation;
  const { txid, ticket, customerId } = transaction;
  assert(ticket !== undefined, 'a reservation has its ticket');
  const customer = customerId === undefined ? undefined : await ports.store.read('customer', customerId);
  const prepare = prepareFor(deciderOf(ports), {
    transaction,
    hello: session.task.hello,
    customerLabel: customer?.value.label ?? '',
  });
  const written = writeMessage(
    ports.crypto,
    job.state,
    encodeAuthorityPayload({
      authorityCertificate: ports.keys.authorityCertificate,
      ticket,
      prepare: encodePrepare(prepare),
    }),
  );
  const { transport, exporter } = sessionOf(written.state);
  const ticketPublicKey = ports.crypto.ed25519PublicKey(ports.keys.ticketKey.expose());
  const stored = await decideAndCommit(ports, {
    read: async () => {
      const [token, ticketRecord, request] = await ports.store.readMany([
        { kind: 'token', id: serial },
        { kind: 'ticket', id: txid },
        { kind: 'request', id: transaction.requestId ?? 'none' },
      ]);
      return { token, ticket: ticketRecord, request };
    },
    decide: (decider, records) =>
      decidePrepare(decider, records, { txid, prepare, exporter, ticketPublicKey, operator: job.actor.name }),
  });
  if (!stored.ok) return stored;
  return {
    ok: true,
    value: {
      answer: { sessionId: session.sessionId, phase: 'prepare', frame: written.message },
      next: { ...session, stage: { tag: 'ready', transport, serial, txid, isRecovery: false } },
    },
  };
}

function askStatus(
  ports: StaffPorts,
  session: SerialSession,
  job: {
    readonly state: NoiseState;
    readonly serial: string;
    readonly transaction: DeviceTransaction<unknown>;
  },
): StaffAnswer<SerialStep> {
  const { serial, transaction } = job;
  const { ticket, txid } = transaction;
  assert(ticket !== undefined, 'a transaction in doubt has its ticket');
  const ticketSecret = ports.keys.ticketKey.expose();
  const known = verifyTicket({
    crypto: ports.crypto,
    ticket,
    ticketPublicKey: ports.crypto.ed25519PublicKey(ticketSecret),
  });
  if (!known.ok) return refuse('SERVER_REFUSED', 'the ticket key of this validator was changed in between');
  const renewed = renewTicket(ports.crypto, ticketSecret, {
    ticket: known.value,
    nowMs: ports.clock.nowMs(),
    lifetimeMs: ports.policy.staff.ticketMs,
  });
  const written = writeMessage(
    ports.crypto,
    job.state,
    encodeAuthorityPayload({
      authorityCertificate: ports.keys.authorityCertificate,
      ticket: renewed,
      prepare: new Uint8Array(0),
    }),
  );
  const { transport } = sessionOf(written.state);
  return {
    ok: true,
    value: {
      answer: {
        sessionId: session.sessionId,
        phase: transaction.state === 'PROVED' ? 'commit' : 'prepare',
        frame: written.message,
      },
      next: { ...session, stage: { tag: 'status', transport, serial, txid, isRecovery: true } },
    },
  };
}

async function reserveRecords(
  ports: StaffPorts,
  session: SerialSession,
  job: { readonly serial: string; readonly certificate: Uint8Array },
): Promise<ReserveRecords> {
  const certificate = readCertificate(job.certificate);
  assert(certificate.ok, 'a certificate that names its serial was read');
  const [first, second] = deviceKeyIds(certificate.value);
  const [token, shipped, key1, key2, request, epoch] = await ports.store.readMany([
    { kind: 'token', id: job.serial },
    { kind: 'shipped', id: job.serial },
    { kind: 'deviceKey', id: first },
    { kind: 'deviceKey', id: second },
    { kind: 'request', id: session.task.requestId ?? 'none' },
    { kind: 'meta', id: 'epoch' },
  ]);
  const [requester, approver, customer] = await ports.store.readMany([
    { kind: 'operator', id: request?.value.requester ?? 'nobody' },
    { kind: 'operator', id: request?.value.approver ?? 'nobody' },
    { kind: 'customer', id: request?.value.customerId ?? 'nobody' },
  ]);
  return { token, shipped, keys: [key1, key2], request, customer, requester, approver, epoch };
}
