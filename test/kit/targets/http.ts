import { faceOf } from '../faces.ts';
import type { CodeReply, LoginPage, Subject, Target, TargetOptions } from '../target.ts';
import type { HttpAnswer } from './http-call.ts';
import { httpCall, textField } from './http-call.ts';
import type { BankDesk } from './http-desk.ts';

const RANDOM: ReadonlySet<string> = new Set([
  'challengeId',
  'portalSession',
  'matrixPng',
  'requestId',
  'sessionToken',
]);
/** The one header that says what the clock says. */
const CLOCK_HEADER = 'date';

/** This validator behind its HTTP API: the portal's routes, and a desk that enrols. */
export function httpTarget({ name, desk }: TargetOptions & { readonly desk: BankDesk }): Target {
  return {
    name,
    cannot: [],
    enrol: async () => await httpSubject(name, desk),
    close: async () => undefined,
  };
}

async function httpSubject(url: string, desk: BankDesk): Promise<Subject> {
  const { customerId, userCode, pin, codeAt } = await desk.enrol();
  return {
    userCode,
    pin,
    codeAt: async (counter) => codeAt(counter),
    startLogin: async (attempt) => {
      const body = { userCode: attempt.userCode, pin: attempt.pin };
      return pageOf(await httpCall(url, { method: 'POST', path: '/v1/portal/challenges', body }));
    },
    postCode: async (page, { requestKey, ...typed }) => {
      const path = `/v1/portal/challenges/${encodeURIComponent(page.id)}/code`;
      const headers = requestKey === undefined ? {} : { 'idempotency-key': `${page.id} ${requestKey}` };
      const body = { portalSession: page.portalSession, ...typed };
      return replyOf(await httpCall(url, { method: 'POST', path, body, headers }));
    },
    isSessionOpen: async (bearer) =>
      (await httpCall(url, { method: 'GET', path: '/v1/portal/session', bearer })).status === 200,
    acts: { block: () => desk.block(customerId), reinstate: () => desk.reinstate(customerId) },
  };
}

function pageOf(answer: HttpAnswer): LoginPage {
  return {
    id: textField(answer, 'challengeId'),
    portalSession: textField(answer, 'portalSession'),
    kind: textField(answer, 'kind'),
    face: face(answer),
  };
}

function replyOf(answer: HttpAnswer): CodeReply {
  const session = answer.body['sessionToken'];
  return { ...(typeof session === 'string' ? { session } : {}), face: face(answer) };
}

/** Status, headers and body as they came, without the clock and what is random in every answer. */
function face({ status, headers, body }: HttpAnswer): string {
  const kept = headers.filter(([name]) => name !== CLOCK_HEADER);
  return `${status} ${JSON.stringify(kept)} ${faceOf(body, RANDOM)}`;
}
