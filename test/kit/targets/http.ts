import { faceOf } from '../faces.ts';
import type { CodeReply, LoginPage, Subject, Target, TargetOptions } from '../target.ts';
import { TargetUnusable } from '../target-unusable.ts';
import type { HttpAnswer } from './http-call.ts';
import { httpCall, textField } from './http-call.ts';
import type { BankDesk } from './http-desk.ts';

const RANDOM: ReadonlySet<string> = new Set(['challengeId', 'portalSession', 'requestId', 'sessionToken']);
/**
 * A picture is random like an id, and its length too: how far a PNG shrinks depends on its modules. The rest of the
 * answer keeps its length, so that the whole is compared without the picture's own.
 */
const PICTURE = 'matrixPng';
const LENGTH_HEADER = 'content-length';
/** From here on a status says that nothing was decided. */
const SERVER_FAULT = 500;
/** The one header that says what the clock says. */
const CLOCK_HEADER = 'date';
/** The one field that does: a slow machine may answer a second later. It is compared in steps of this many seconds. */
const CLOCK_FIELD = 'expiresInS';
const CLOCK_STEP_S = 10;

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
  if (answer.status >= SERVER_FAULT) {
    throw new TargetUnusable(
      `The validator answered ${answer.status} to a code: it is too busy, or it failed.`,
      'Look at its log, then run the laws again.',
    );
  }
  const session = answer.body['sessionToken'];
  return { ...(typeof session === 'string' ? { session } : {}), face: face(answer) };
}

/** Status, headers and body as they came, without the clock and what is random in every answer. */
function face({ status, headers, body }: HttpAnswer): string {
  const { [PICTURE]: picture, [CLOCK_FIELD]: seconds, ...rest } = body;
  const pictureLength = typeof picture === 'string' ? picture.length : 0;
  const seen = headers
    .filter(([name]) => name !== CLOCK_HEADER)
    .map(([name, value]) => [name, name === LENGTH_HEADER ? Number(value) - pictureLength : value]);
  const fields = {
    ...rest,
    ...(picture === undefined ? {} : { [PICTURE]: 'a picture' }),
    ...(typeof seconds === 'number'
      ? { [CLOCK_FIELD]: Math.round(seconds / CLOCK_STEP_S) * CLOCK_STEP_S }
      : {}),
  };
  return `${status} ${JSON.stringify(seen)} ${faceOf(fields, RANDOM)}`;
}
