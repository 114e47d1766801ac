import { assert } from '@chiavetta/protocol/bytes';
import type { LittleBank } from '@chiavetta/validator/testing';
import { littleBank } from '@chiavetta/validator/testing';
import { describe, expect, test } from 'vitest';

const USER = '12345678';
const PIN = '27183';

async function bankWithFob() {
  const bank = littleBank();
  return { bank, fob: await bank.addFob(await bank.addCustomer({ userCode: USER, pin: PIN })) };
}

type Page = Awaited<ReturnType<LittleBank['portal']['send']>>;

async function type(bank: LittleBank, page: Page, code: string): Promise<string> {
  const answer = await bank.portal.code(page.challengeId, { portalSession: page.portalSession, code });
  return answer.outcome;
}

describe('a thief who has a fob and nothing else', () => {
  test('opens nothing with its true codes and guessed PINs, and blocks the account with the fifth', async () => {
    const { bank, fob } = await bankWithFob();
    for (const pin of ['27180', '27181', '27182', '27184', '27185', PIN]) {
      const page = await bank.portal.send({ userCode: USER, pin });
      for (const counter of [0, 1]) expect(await type(bank, page, fob.codeAt(counter))).toBe('refused');
    }
    const page = await bank.portal.send({ userCode: '87654321', pin: PIN });
    expect(await type(bank, page, fob.codeAt(0))).toBe('refused');
    const token = await bank.token(fob.serial);
    expect(token.kind === 'fob' && token.otp?.next).toBe(0);
  });
});

// A limit that is told and not hidden (docs/threat-model.md, 16).
describe('a phisher who passes everything on at once', () => {
  test('gets a session with a relayed code: one, once, and nothing with it afterwards', async () => {
    const { bank, fob } = await bankWithFob();
    const victims = await bank.portal.send({ userCode: USER, pin: PIN });
    const phishers = await bank.portal.send({ userCode: USER, pin: PIN });
    const code = fob.codeAt(0);
    expect(await type(bank, phishers, code)).toBe('session');
    expect(await type(bank, phishers, code)).toBe('refused');
    expect(await type(bank, victims, code)).toBe('refused');
    const later = await bank.portal.send({ userCode: USER, pin: PIN });
    expect(await type(bank, later, code)).toBe('refused');
  });

  test('gets a session with relayed pictures as well, and without the victim can only guess', async () => {
    const bank = littleBank();
    const token = await bank.addOtc(await bank.addCustomer({ userCode: USER, pin: PIN }));
    /** The page is the phisher's; the victim scans what it shows and reads the digits out. */
    const relay = async (): Promise<string> => {
      let page = await bank.portal.send({ userCode: USER, pin: PIN });
      for (;;) {
        const { challengeId, portalSession } = page;
        assert(page.payload !== undefined, 'the page has a picture');
        const scan = token.scan(page.payload);
        assert('code' in scan, 'the token opens the picture');
        const answer = await bank.portal.code(challengeId, { portalSession, code: scan.code });
        if (answer.outcome !== 'continue') return answer.outcome;
        page = answer.next;
      }
    };
    expect(await relay()).toBe('session');
    expect(await relay()).toBe('session');
    // Without the victim at the token the phisher can only guess.
    const alone = await bank.portal.send({ userCode: USER, pin: PIN });
    expect(await type(bank, alone, '000000')).toBe('refused');
  });
});
