import { toBase64 } from '@chiavetta/protocol/bytes';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpBank } from '../testing/http-bank.ts';
import { httpBank } from '../testing/http-bank.ts';
import { PIN, USER } from '../testing/little-customer.ts';
import { apiLog } from './api-log.ts';

let http: HttpBank | undefined;
afterEach(async () => {
  await http?.close();
  http = undefined;
});

async function started(options: Parameters<typeof httpBank>[0] = {}): Promise<HttpBank> {
  http = await httpBank(options);
  return http;
}

const SEND = '/v1/portal/challenges';
const goodBody = { userCode: USER, pin: PIN };

describe('the log', () => {
  test('names route and request, and holds no PIN, code, token, User Code or picture', async () => {
    const lines: string[] = [];
    const log = apiLog({ level: 'debug', write: (line) => void lines.push(line) });
    const { caller, bank } = await started({ log });
    const fob = await bank.addFob(await bank.addCustomer({ userCode: USER, pin: PIN }));
    const sent: { challengeId: string; portalSession: string } = JSON.parse(
      (await caller.call('POST', SEND, { body: goodBody })).text,
    );
    const path = `${SEND}/${sent.challengeId}/code`;
    const body = { portalSession: sent.portalSession, code: fob.codeAt(0) };
    const opened = await caller.call('POST', path, { body });
    const { sessionToken }: { sessionToken: string } = JSON.parse(opened.text);
    await caller.call('GET', '/v1/portal/session', { bearer: sessionToken });
    await caller.call('GET', `/v1/customers/${USER}`, { bearer: sessionToken });
    await caller.call('POST', SEND, { rawBody: `x{"userCode":"${USER}","pin":"${PIN}"}` });
    const text = lines.join('');
    expect(text).toContain('"route":"/v1/portal/challenges/:challengeId/code"');
    for (const secret of [PIN, USER, fob.codeAt(0), sessionToken, sent.portalSession, sent.challengeId]) {
      expect(text).not.toContain(secret);
    }
  });

  test('blots secrets out wherever a field has their name', () => {
    const lines: string[] = [];
    const log = apiLog({ level: 'info', write: (line) => void lines.push(line) });
    const canary = `canary${toBase64(Uint8Array.of(1, 2, 3, 4, 5, 6))}`;
    for (const name of [
      'pin',
      'oldPin',
      'newPin',
      'password',
      'code',
      'nextCode',
      'token',
      'sessionToken',
      'seed',
    ]) {
      log.info({ [name]: canary, a: { [name]: canary, b: { [name]: canary } } }, 'x');
    }
    expect(lines).toHaveLength(9);
    expect(lines.join('')).not.toContain(canary);
  });
});
