import { equalConstantTime } from '@chiavetta/protocol/bytes';
import { deadSalt, pinVerifier } from '../core/account-pin.ts';
import type { CodeAnswer, CodeAttempt, CodeRecords } from '../core/decide-code.ts';
import { decideCode } from '../core/decide-code.ts';
import type { SendAnswer, SendRecords } from '../core/decide-send.ts';
import { decideSend } from '../core/decide-send.ts';
import type { StoredToken } from '../core/stored.ts';
import type { ValidatorPorts } from '../ports/validator-ports.ts';
import { decideAndCommit } from './commit-loop.ts';

/** What the customer types into the login page. */
export type SendRequest = {
  readonly userCode: string;
  readonly pin: string;
  readonly birthDate?: string;
  readonly portalSession?: string;
  readonly want?: 'login';
  readonly place?: string;
};

/** The customer's side before there is a session. Use cases over `ValidatorPorts`. */
export interface Portal {
  /** Always an answer of the same form; only the token's holder learns whether it is live. */
  readonly send: (request: SendRequest) => Promise<SendAnswer>;
  /** The same bytes again until expiry; `undefined` for another portal session or an unknown id. */
  readonly challenge: (challengeId: string, portalSession: string) => Promise<SendAnswer | undefined>;
  readonly code: (challengeId: string, attempt: CodeAttempt) => Promise<CodeAnswer>;
}

/** The portal over a store, a clock and the keys. */
export function portal(ports: ValidatorPorts): Portal {
  return {
    send: (request) => send(ports, request),
    challenge: (challengeId, portalSession) => showAgain(ports, { challengeId, portalSession }),
    code: (challengeId, attempt) => code(ports, challengeId, attempt),
  };
}

async function send(ports: ValidatorPorts, request: SendRequest): Promise<SendAnswer> {
  const stretched = new Map<string, Uint8Array>();
  const { pin, ...attempt } = request;
  return await decideAndCommit(ports, {
    read: async () => {
      const records = await sendRecords(ports, request.userCode);
      // Computed for known User Codes too: otherwise one HMAC would tell them apart.
      const forUnknown = deadSalt(ports.crypto, {
        deadKey: ports.keys.deadKey.expose(),
        userCode: request.userCode,
      });
      const salt = records.customer?.value.pin.salt ?? forUnknown;
      // One scrypt for every SEND, known or not; another only when the PIN was changed in between.
      const key = salt.join();
      const known = stretched.get(key);
      const pinMark = known ?? (await markOf(ports, { pin, salt }));
      stretched.set(key, pinMark);
      return { ...records, pinMark };
    },
    decide: (decider, { pinMark, ...records }) => decideSend(decider, records, { ...attempt, pinMark }),
  });
}

async function sendRecords(ports: ValidatorPorts, userCode: string): Promise<SendRecords> {
  const { store } = ports;
  const found = await store.read('userCode', userCode);
  const customer = await store.read('customer', found?.value.customerId ?? 'nobody');
  const serials = customer?.value.factors.map((factor) => factor.serial) ?? ['nothing'];
  const tokens = await store.readMany(serials.map((id) => ({ kind: 'token' as const, id })));
  return { customer, tokens: tokens.filter((one): one is StoredToken => one !== undefined) };
}

async function showAgain(
  ports: ValidatorPorts,
  asked: { readonly challengeId: string; readonly portalSession: string },
): Promise<SendAnswer | undefined> {
  const stored = await ports.store.read('challenge', asked.challengeId);
  if (stored === undefined) return undefined;
  const { challengeId, portalSession, task, expiresAtMs } = stored.value;
  const encoder = new TextEncoder();
  const isOwn = equalConstantTime(encoder.encode(portalSession), encoder.encode(asked.portalSession));
  if (!isOwn || ports.clock.nowMs() >= expiresAtMs) return undefined;
  const payload = task.tag === 'otp' ? {} : { payload: task.payload };
  return { challengeId, kind: task.tag, portalSession, expiresAtMs, ...payload };
}

async function code(ports: ValidatorPorts, challengeId: string, attempt: CodeAttempt): Promise<CodeAnswer> {
  return await decideAndCommit(ports, {
    read: async () => await codeRecords(ports, challengeId),
    decide: (decider, records) => {
      if (records !== undefined) return decideCode(decider, records, attempt);
      const change = { puts: [], removes: [], checks: [], audit: [], mails: [] };
      return { answer: { outcome: 'refused' }, change };
    },
  });
}

async function codeRecords(ports: ValidatorPorts, challengeId: string): Promise<CodeRecords | undefined> {
  const { store } = ports;
  const challenge = await store.read('challenge', challengeId);
  if (challenge === undefined) return undefined;
  const { target } = challenge.value;
  const [customer, token] = await store.readMany([
    { kind: 'customer', id: target.customerId ?? 'nobody' },
    { kind: 'token', id: target.tag === 'live' ? target.serial : 'nothing' },
  ]);
  return { challenge, customer, token };
}

/** The PIN as it is compared: stretched, then peppered. */
export async function markOf(
  ports: ValidatorPorts,
  job: { readonly pin: string; readonly salt: Uint8Array },
): Promise<Uint8Array> {
  const stretched = await ports.scrypt(new TextEncoder().encode(job.pin), job.salt);
  return pinVerifier(ports.crypto, { pepper: ports.keys.pepper.expose(), stretched });
}
