import { toHex } from '@chiavetta/protocol/bytes';
import {
  noiseInitiator,
  openTransport,
  readMessage,
  serialPrologue,
  writeMessage,
} from '@chiavetta/protocol/session';
import type { SessionMessage } from '@chiavetta/protocol/wire';
import {
  decodeSessionMessage,
  helloLayout,
  helloReplyLayout,
  WIRE_VERSION,
  wireErrorName,
} from '@chiavetta/protocol/wire';
import type { StaffAct } from '../../core/staff/permission-matrix.ts';
import type { Actor, StaffAnswer } from '../../core/staff/staff-answer.ts';
import { refuse } from '../../core/staff/staff-answer.ts';
import { checkAct } from '../../core/staff/staff-check.ts';
import { isTxid } from '../../core/staff/staff-ticket.ts';
import { onCertificate } from './serial-handshake.ts';
import { reapReservations } from './serial-reap.ts';
import { commitMessage, discardMessage, finish, prove, undo } from './serial-settle.ts';
import type { OpenSession, SerialSession, SerialStep, SerialTask } from './serial-table.ts';
import { SerialTable } from './serial-table.ts';
import type { SerialAnswer, SerialService, StaffPorts } from './staff-services.ts';

const ACTS: Readonly<Record<SerialTask['operation'], StaffAct>> = {
  provision: 'serial.provision',
  bind: 'serial.bind',
  unlock: 'serial.unlock',
  reset: 'serial.reset',
  rekey: 'serial.rekey',
  revoke: 'serial.revoke',
};
const SESSION_ID_BYTES = 16;
const SLOT_MAX = 7;

/**
 * Serial sessions with tokens: the validator's end of the secure channel, carried by a branch PC that can read nothing.
 * docs/spec/provisioning.md, "Transaction".
 */
export function serialService(ports: StaffPorts): SerialService {
  const table = new SerialTable();
  return {
    start: async (actor, job) => start(ports, table, { actor, ...job }),
    frame: async (actor, job) => await frame(ports, table, { actor, ...job }),
    reap: async () => await reapReservations(ports),
  };
}

function start(
  ports: StaffPorts,
  table: SerialTable,
  job: { readonly actor: Actor } & Parameters<SerialService['start']>[1],
): StaffAnswer<SerialAnswer> {
  const allowed = checkAct(job.actor, ACTS[job.operation]);
  if (!allowed.ok) return allowed;
  const hello = helloLayout.decode(job.hello);
  const reply = helloReplyLayout.decode(job.helloReply);
  if (!hello.ok || !reply.ok) return refuse('SERVER_REFUSED', 'HELLO or its answer is malformed');
  if (reply.value.version !== WIRE_VERSION) {
    return refuse(
      'SERVER_REFUSED',
      `the device speaks version ${reply.value.version} of the serial protocol`,
    );
  }
  const found = reply.value.serial.toString().padStart(12, '0');
  if (job.expectedSerial !== undefined && job.expectedSerial !== found) {
    return refuse('WRONG_DEVICE', 'another device than the expected one is in the cradle', {
      expected: job.expectedSerial,
      found,
    });
  }
  if (job.slot !== undefined && !(Number.isInteger(job.slot) && job.slot >= 0 && job.slot <= SLOT_MAX)) {
    return refuse('SERVER_REFUSED', `a slot is a number from 0 to ${SLOT_MAX}`);
  }
  const { operation, requestId, expectedSerial, slot } = job;
  const begun = writeMessage(
    ports.crypto,
    noiseInitiator({
      crypto: ports.crypto,
      prologue: serialPrologue(job.hello, job.helloReply),
      staticSecret: ports.keys.noiseStatic.expose(),
      ephemeralSecret: ports.entropy(32),
    }),
    new Uint8Array(0),
  );
  const session: SerialSession = {
    sessionId: toHex(ports.entropy(SESSION_ID_BYTES)),
    operator: job.actor.name,
    task: {
      operation,
      ...(requestId === undefined ? {} : { requestId }),
      ...(expectedSerial === undefined ? {} : { expectedSerial }),
      ...(slot === undefined ? {} : { slot }),
      hello: reply.value,
    },
    stage: { tag: 'certificate', noise: begun.state },
    lastSeenMs: ports.clock.nowMs(),
  };
  if (!table.put(session)) return refuse('QUEUE_FULL', 'too many devices are being served at once');
  return answer(session, 'handshake', begun.message);
}

async function frame(
  ports: StaffPorts,
  table: SerialTable,
  job: { readonly actor: Actor; readonly sessionId: string; readonly frame: Uint8Array },
): Promise<StaffAnswer<SerialAnswer>> {
  const { actor, sessionId } = job;
  const session = table.take({ sessionId, operator: actor.name, nowMs: ports.clock.nowMs() });
  if (session === undefined) {
    return refuse('SERVER_REFUSED', 'this serial session is over or not yours: start again');
  }
  const allowed = checkAct(actor, ACTS[session.task.operation]);
  if (!allowed.ok) return allowed;
  const step = await advance(ports, session, { actor, frame: job.frame });
  if (!step.ok) return step;
  const { next } = step.value;
  if (next !== undefined && !table.put({ ...next, lastSeenMs: ports.clock.nowMs() })) {
    return refuse('QUEUE_FULL', 'too many devices are being served at once');
  }
  return { ok: true, value: step.value.answer };
}

async function advance(
  ports: StaffPorts,
  session: SerialSession,
  job: { readonly actor: Actor; readonly frame: Uint8Array },
): Promise<StaffAnswer<SerialStep>> {
  const { stage } = session;
  if (stage.tag === 'certificate') {
    const read = readMessage(ports.crypto, stage.noise, job.frame);
    if (!read.ok) return tampered();
    return await onCertificate(ports, session, { actor: job.actor, ...read.value });
  }
  const opened = openTransport(ports.crypto, stage.transport, job.frame);
  if (!opened.ok) return tampered();
  const message = decodeSessionMessage(opened.value.plaintext);
  if (!message.ok) return tampered();
  const open: OpenSession = { ...session, stage: { ...stage, transport: opened.value.transport } };
  if (message.value.tag === 'refused') return await onRefused(ports, open, message.value.code);
  return await onMessage(ports, open, message.value);
}

async function onMessage(
  ports: StaffPorts,
  session: OpenSession,
  message: SessionMessage,
): Promise<StaffAnswer<SerialStep>> {
  const { stage } = session;
  if (stage.tag === 'ready' && message.tag === 'ready') {
    const verdict = await prove(ports, session, { proof: message });
    if (!verdict.ok) return verdict;
    // The next session finds the transaction in doubt and has the token discard it.
    if (verdict.value.tag === 'false') return refuse('TAMPER', verdict.value.reason);
    return { ok: true, value: commitMessage(ports, session) };
  }
  if (stage.tag === 'status' && message.tag === 'statusReply') return await onStatus(ports, session, message);
  if (stage.tag === 'done' && message.tag === 'done' && isTxid(stage.txid, message.txid)) {
    return await finish(ports, session);
  }
  if (stage.tag === 'discarded' && message.tag === 'discarded' && isTxid(stage.txid, message.txid)) {
    return await undo(ports, session, 'the device has forgotten what it had prepared');
  }
  return refuse('TAMPER', 'the device answered out of turn');
}

/** committed: finish. staged: COMMIT again. Unknown: the token never had it, or never will. */
async function onStatus(
  ports: StaffPorts,
  session: OpenSession,
  message: Extract<SessionMessage, { readonly tag: 'statusReply' }>,
): Promise<StaffAnswer<SerialStep>> {
  if (message.state === STATES.unknown) return await undo(ports, session, 'the device does not know of it');
  if (message.state !== STATES.staged && message.state !== STATES.committed) {
    return refuse('TAMPER', 'the device is in a state that does not exist');
  }
  const isCommitted = message.state === STATES.committed;
  const verdict = await prove(ports, session, { proof: message, blockMayBeMissing: isCommitted });
  if (!verdict.ok) return verdict;
  if (verdict.value.tag === 'proved') {
    return isCommitted ? await finish(ports, session) : { ok: true, value: commitMessage(ports, session) };
  }
  if (isCommitted) return refuse('TAMPER', verdict.value.reason);
  return { ok: true, value: discardMessage(ports, session) };
}

const STATES = { unknown: 0, staged: 1, committed: 2 } as const;

async function onRefused(
  ports: StaffPorts,
  session: OpenSession,
  code: number,
): Promise<StaffAnswer<SerialStep>> {
  const name = wireErrorName(code);
  const reason = name === undefined ? `the device refused with code ${code}` : REFUSALS[name];
  // A refused PREPARE staged nothing: the message is authentic, and the token answers once.
  if (session.stage.tag === 'ready') {
    const undone = await undo(ports, session, reason);
    if (!undone.ok) return undone;
  }
  if (name === 'authority' || name === 'ticket') return refuse('AUTH_REJECTED', reason);
  return refuse(name === 'tamper' ? 'TAMPER' : 'TOKEN_REFUSED', reason, { code: String(code) });
}

const REFUSALS: Readonly<Record<NonNullable<ReturnType<typeof wireErrorName>>, string>> = {
  version: 'the device speaks another version',
  badState: 'the device cannot do this now: it is in another state than this validator believes',
  sessionDead: 'the session of the device is over',
  badLength: 'the device could not read the message',
  authority: 'the device belongs to another bank, or this validator has the wrong authority certificate',
  ticket: 'the device did not accept the ticket',
  refusedByPerson: 'nobody confirmed at the device, or the person there said no',
  storage: 'the device could not write its memory',
  tamper: 'the device has been tampered with',
  blocked: 'the device is blocked',
  unsupported: 'the device does not have this operation',
};

function tampered(): StaffAnswer<never> {
  return refuse('TAMPER', 'a message of the device was changed on its way');
}

function answer(
  session: SerialSession,
  phase: SerialAnswer['phase'],
  message: Uint8Array,
): StaffAnswer<SerialAnswer> {
  return { ok: true, value: { sessionId: session.sessionId, phase, frame: message } };
}
