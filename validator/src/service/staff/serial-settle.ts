import { sealTransport } from '@chiavetta/protocol/session';
import type { SessionMessage } from '@chiavetta/protocol/wire';
import { encodeSessionMessage } from '@chiavetta/protocol/wire';
import type { Finished, FinishRecords } from '../../core/staff/finish-device.ts';
import { customersOf, decideFinish } from '../../core/staff/finish-device.ts';
import type { DeviceProof, ProofVerdict } from '../../core/staff/settle-device.ts';
import { decideAbandon, decideProof } from '../../core/staff/settle-device.ts';
import type { StaffAnswer } from '../../core/staff/staff-answer.ts';
import { bytesOfTxid } from '../../core/staff/staff-ticket.ts';
import { decideAndCommit } from '../commit-loop.ts';
import type { OpenSession, SerialStep } from './serial-table.ts';
import type { SerialResult, StaffPorts } from './staff-services.ts';

/** Stores the proof; COMMIT may leave once this is durable. */
export async function prove(
  ports: StaffPorts,
  session: OpenSession,
  job: { readonly proof: DeviceProof; readonly blockMayBeMissing?: boolean },
): Promise<StaffAnswer<ProofVerdict>> {
  const { serial, txid } = session.stage;
  return await decideAndCommit(ports, {
    read: async () => ({ token: await ports.store.read('token', serial) }),
    decide: (decider, records) => decideProof(decider, records, { txid, operator: session.operator, ...job }),
  });
}

/** COMMIT, repeated in each session until DONE. */
export function commitMessage(ports: StaffPorts, session: OpenSession): SerialStep {
  const txid = bytesOfTxid(session.stage.txid);
  return send(ports, session, { message: { tag: 'commit', txid }, stage: 'done', phase: 'commit' });
}

/** Asks the token to forget what it staged. */
export function discardMessage(ports: StaffPorts, session: OpenSession): SerialStep {
  const txid = bytesOfTxid(session.stage.txid);
  return send(ports, session, { message: { tag: 'discard', txid }, stage: 'discarded', phase: 'prepare' });
}

/** The token committed: so does the validator, in one change. */
export async function finish(ports: StaffPorts, session: OpenSession): Promise<StaffAnswer<SerialStep>> {
  const { serial, txid, isRecovery } = session.stage;
  const finished = await decideAndCommit(ports, {
    read: async () => await finishRecords(ports, { serial, txid }),
    decide: (decider, records) => decideFinish(decider, records, { txid, operator: session.operator }),
  });
  if (!finished.ok) return finished;
  const { deviceState, prekeysLeft } = finished.value;
  const common = { serial, deviceState, ...(prekeysLeft === undefined ? {} : { prekeysLeft }) };
  if (!isRecovery) return over(session, { ...common, outcome: 'done' });
  return isWhatWasAsked(session, finished.value)
    ? over(session, { ...common, outcome: 'recovered' })
    : over(session, { ...common, outcome: 'discarded', finished: finished.value.operation });
}

/** The token does not have the transaction: the validator forgets it too. */
export async function undo(
  ports: StaffPorts,
  session: OpenSession,
  reason: string,
): Promise<StaffAnswer<SerialStep>> {
  const { serial, txid } = session.stage;
  const undone = await decideAndCommit(ports, {
    read: async () => {
      const [token, ticket] = await ports.store.readMany([
        { kind: 'token', id: serial },
        { kind: 'ticket', id: txid },
      ]);
      return { token, ticket };
    },
    decide: (decider, records) =>
      decideAbandon(decider, records, { txid, operator: session.operator, reason }),
  });
  if (!undone.ok) return undone;
  return over(session, { serial, deviceState: undone.value.deviceState, outcome: 'discarded' });
}

/** Another operation that was finished on the way is not the one that the person at the branch asked for. */
function isWhatWasAsked({ task }: OpenSession, finished: Finished): boolean {
  return task.operation === finished.operation && task.requestId === finished.requestId;
}

function over(session: OpenSession, result: SerialResult): StaffAnswer<SerialStep> {
  return { ok: true, value: { answer: { sessionId: session.sessionId, phase: 'done', result } } };
}

function send(
  ports: StaffPorts,
  session: OpenSession,
  job: {
    readonly message: SessionMessage;
    readonly stage: 'done' | 'discarded';
    readonly phase: 'prepare' | 'commit';
  },
): SerialStep {
  const { stage, sessionId } = session;
  const plaintext = encodeSessionMessage(job.message);
  const { transport, sealed } = sealTransport(ports.crypto, stage.transport, plaintext);
  return {
    answer: { sessionId, phase: job.phase, frame: sealed },
    next: { ...session, stage: { ...stage, tag: job.stage, transport } },
  };
}

async function finishRecords(
  ports: StaffPorts,
  job: { readonly serial: string; readonly txid: string },
): Promise<FinishRecords> {
  const { store } = ports;
  const [token, ticket] = await store.readMany([
    { kind: 'token', id: job.serial },
    { kind: 'ticket', id: job.txid },
  ]);
  const transaction = token?.value.transaction;
  const empty = { token, ticket, request: undefined, oldToken: undefined, customers: [] };
  if (token === undefined || transaction === undefined) return empty;
  const request =
    transaction.requestId === undefined ? undefined : await store.read('request', transaction.requestId);
  const oldSerial = request?.value.oldSerial;
  const oldToken = oldSerial === undefined ? undefined : await store.read('token', oldSerial);
  const keys = customersOf(token.value, transaction).map((id) => ({ kind: 'customer', id }) as const);
  const customers = (await store.readMany(keys)).filter((one) => one !== undefined);
  return { token, ticket, request, oldToken, customers };
}
