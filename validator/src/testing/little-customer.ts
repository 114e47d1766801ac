import { assert } from '@chiavetta/protocol/bytes';
import type { CodeAnswer, CodeAttempt } from '../core/decide-code.ts';
import type { SendAnswer } from '../core/decide-send.ts';
import type { SendRequest } from '../service/portal.ts';
import type { LittleBank } from './little-bank.ts';
import type { LittleToken } from './little-token.ts';

/** The User Code that the tests use. */
export const USER = '12345678';
/** The PIN that the tests use. */
export const PIN = '27183';

/** Types User Code and PIN and presses SEND. */
export async function send(bank: LittleBank, more: Partial<SendRequest> = {}): Promise<SendAnswer> {
  return await bank.portal.send({ userCode: USER, pin: PIN, ...more });
}

/** Types a code into the page that the answer made. */
export async function typeCode(
  bank: LittleBank,
  at: SendAnswer,
  code: string,
  more: Partial<CodeAttempt> = {},
): Promise<CodeAnswer> {
  return await bank.portal.code(at.challengeId, { portalSession: at.portalSession, code, ...more });
}

/** The digits that the token shows for the picture; a refusal of the token is a failed test. */
export function scanned(token: LittleToken, answer: SendAnswer): string {
  assert(answer.payload !== undefined, 'the answer has a picture');
  const scan = token.scan(answer.payload);
  assert('code' in scan, `the token opens the picture: ${JSON.stringify(scan)}`);
  return scan.code;
}

/** A code that is certainly another one. */
export function wrong(code: string): string {
  return code.replace(/^./, (digit) => String((Number(digit) + 1) % 10));
}

/** Pairs a token: two pictures, two codes. */
export async function pair(
  bank: LittleBank,
  token: LittleToken,
  more: Partial<SendRequest> = {},
): Promise<CodeAnswer> {
  const first = await send(bank, more);
  const answer = await typeCode(bank, first, scanned(token, first));
  assert(answer.outcome === 'continue', 'the 10 digits were right');
  return await typeCode(bank, answer.next, scanned(token, answer.next));
}

/** Logs in with a paired token. */
export async function logIn(
  bank: LittleBank,
  token: LittleToken,
  more: Partial<SendRequest> = {},
): Promise<CodeAnswer> {
  const answer = await send(bank, more);
  return await typeCode(bank, answer, scanned(token, answer));
}
