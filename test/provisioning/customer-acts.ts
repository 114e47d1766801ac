import type { VirtualToken } from '@chiavetta/firmware-sim';
import type { CodeAnswer, SendAnswer } from '@chiavetta/validator';
import type { StaffAnswer } from '@chiavetta/validator/staff';
import type { LittleBank } from '@chiavetta/validator/testing';
import type { Customer } from './scene.ts';

/** The PIN that a customer chooses on a token. */
const TOKEN_PIN = '40617';
const SCREENS_MAX = 24;

/** Shows the next code of a fob and logs in with it; a sentence about what went wrong, if anything did. */
export async function logInWithFob(
  bank: LittleBank,
  token: VirtualToken,
  customer: Customer,
): Promise<string | undefined> {
  const { userCode, pin } = customer;
  const page = await bank.portal.send({ userCode, pin });
  if (page.kind !== 'otp') return `the portal asks for ${page.kind} and not for a code`;
  const code = token.press('button').screen.fields['code'];
  const answer = await type(bank, page, code);
  return answer.outcome === 'session' ? undefined : `the code ${code} of the fob is refused`;
}

/** Pairs an optical token and logs in by it, or logs in with the pairing that it has. */
export async function useOtc(
  bank: LittleBank,
  token: VirtualToken,
  customer: Customer,
): Promise<string | undefined> {
  const { userCode, pin } = customer;
  let page = await bank.portal.send({ userCode, pin });
  for (let round = 0; round < 3; round += 1) {
    if (page.payload === undefined) return `the portal asks for ${page.kind} and not for a picture`;
    const code = readPicture(token, page.payload);
    if (code === undefined) return `no code for ${page.kind}: the token shows ${token.screen().id}`;
    const answer = await type(bank, page, code);
    if (answer.outcome === 'session') return undefined;
    if (answer.outcome === 'refused') return `the code of ${page.kind} is refused`;
    page = answer.next;
  }
  return 'the pairing does not end';
}

/** The value of an answer that has to be good for the scene to go on. */
export function granted<T>(answer: StaffAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`${answer.error.id}: ${answer.error.reason}`);
}

async function type(bank: LittleBank, page: SendAnswer, code: unknown): Promise<CodeAnswer> {
  const { challengeId, portalSession } = page;
  return await bank.portal.code(challengeId, { portalSession, code: String(code) });
}

/** What a person does from the first look at the display to the code. */
function readPicture(token: VirtualToken, payload: Uint8Array): string | undefined {
  let isShown = false;
  for (let count = 0; count < SCREENS_MAX; count += 1) {
    const { id, fields } = token.screen();
    if (isShown && fields['code'] !== undefined) return String(fields['code']);
    switch (id) {
      case 'off':
        token.press('power');
        break;
      case 'otc.language':
        token.press('2');
        break;
      case 'otc.pin':
      case 'otc.pin.choose':
      case 'otc.pin.confirm':
        token.type(TOKEN_PIN);
        token.press('ok');
        break;
      case 'otc.boot':
      case 'otc.pair.intro':
      case 'otc.login':
      case 'otc.pair.code':
      case 'otc.pair.finish':
      case 'otc.login.code':
        token.press('ok');
        break;
      case 'otc.continue':
      case 'otc.ready':
      case 'otc.scanning':
        if (isShown && id === 'otc.ready') return undefined;
        token.scan({ payload });
        isShown = true;
        break;
      default:
        return undefined;
    }
  }
  return undefined;
}
