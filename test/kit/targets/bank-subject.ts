import type { CodeAnswer, SendAnswer } from '@chiavetta/validator';
import { customerSession, portal } from '@chiavetta/validator';
import type { LittleBank } from '@chiavetta/validator/testing';
import { faceOf } from '../faces.ts';
import type { CodeReply, LoginPage, Subject } from '../target.ts';

const PIN = '27183';
const FIRST_USER = 12_345_678;
const MS = 1_000;
const RANDOM_IN_PAGE: ReadonlySet<string> = new Set(['challengeId', 'portalSession', 'payload']);
const RANDOM_IN_ANSWER: ReadonlySet<string> = new Set(['sessionToken']);

/**
 * A new customer of a bank in this process. `restart` closes the store, opens it again and makes new services over it;
 * without it the services alone are new, because they hold nothing.
 */
export async function bankSubject(
  bank: LittleBank,
  options: { readonly customerNumber?: number; readonly reopen?: () => Promise<void> } = {},
): Promise<Subject> {
  const { customerNumber = 0, reopen } = options;
  const userCode = String(FIRST_USER + customerNumber);
  const customerId = await bank.addCustomer({ userCode, pin: PIN });
  const fob = await bank.addFob(customerId);
  let services = { portal: portal(bank.ports), session: customerSession(bank.ports) };
  return {
    userCode,
    pin: PIN,
    codeAt: async (counter) => fob.codeAt(counter),
    startLogin: async ({ userCode: typedUser, pin }) =>
      pageOf(await services.portal.send({ userCode: typedUser, pin }), bank.clock.nowMs()),
    postCode: async (page, { requestKey, ...typed }) => {
      const key = requestKey === undefined ? {} : { idempotencyKey: requestKey };
      const { portalSession } = page;
      return replyOf(await services.portal.code(page.id, { portalSession, ...typed, ...key }));
    },
    isSessionOpen: async (session) => (await services.session.show(session)) !== undefined,
    acts: {
      block: () =>
        bank.editCustomer(customerId, (before) => ({
          ...before,
          block: { by: 'staff', reason: 'a law is asked', atMs: bank.clock.nowMs() },
        })),
      reinstate: () =>
        bank.editCustomer(customerId, ({ block: _lifted, ...before }) => ({ ...before, wrongPins: 0 })),
      wait: async (seconds) => bank.clock.advance(seconds * MS),
      restart: async () => {
        await reopen?.();
        services = { portal: portal(bank.ports), session: customerSession(bank.ports) };
      },
    },
  };
}

function pageOf(answer: SendAnswer, nowMs: number): LoginPage {
  const { challengeId: id, portalSession, kind, expiresAtMs, ...rest } = answer;
  const shown = { challengeId: id, kind, portalSession, expiresInMs: expiresAtMs - nowMs, ...rest };
  return { id, portalSession, kind, face: faceOf(shown, RANDOM_IN_PAGE) };
}

function replyOf(answer: CodeAnswer): CodeReply {
  const face = faceOf(answer, RANDOM_IN_ANSWER);
  return answer.outcome === 'session' ? { session: answer.sessionToken, face } : { face };
}
