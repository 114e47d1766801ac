import { assert, fromBase64, toBase64 } from '@chiavetta/protocol/bytes';
import { hotp } from '@chiavetta/protocol/otp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import type { HttpBranch } from '../testing/http-bank.ts';
import { httpBranch } from '../testing/http-bank.ts';
import type { HttpAnswer } from '../testing/http-caller.ts';
import { fieldOf, textOf } from '../testing/http-caller.ts';
import { serialText } from '../testing/little-branch.ts';
import type { LittleSerialToken } from '../testing/little-serial-token.ts';
import { seedOf } from '../testing/little-serial-token.ts';
import { waitingMails } from '../testing/waiting-mails.ts';

let http: HttpBranch;
let clerk: string;
let supervisor: string;
beforeEach(async () => {
  http = await httpBranch();
  clerk = await signIn('clerk');
  supervisor = await signIn('supervisor');
});
afterEach(() => http.close());

async function signIn(name: string, password = 'a long password'): Promise<string> {
  const answer = await http.caller.call('POST', '/v1/operator-sessions', { body: { name, password } });
  return textOf(answer, 'token');
}

async function post(bearer: string, path: string, body?: object): Promise<HttpAnswer> {
  return await http.caller.call('POST', path, { bearer, ...(body === undefined ? {} : { body }) });
}

async function get(bearer: string, path: string): Promise<HttpAnswer> {
  return await http.caller.call('GET', path, { bearer });
}

async function addCustomer(
  more: object = {},
): Promise<{ customerId: string; userCode: string; pin: string }> {
  const added = await post(clerk, '/v1/customers', { name: 'Ada Byron', email: 'ada@example.com', ...more });
  expect(added.status).toBe(201);
  const mails = await waitingMails(http.bank.ports);
  const pin = mails.findLast(({ kind }) => kind === 'initial-pin')?.fields['pin'] ?? '';
  return { customerId: textOf(added, 'customerId'), userCode: textOf(added, 'userCode'), pin };
}

/** Plays the branch PC: carries opaque frames between the HTTP API and the token. */
async function carry(token: LittleSerialToken, task: object): Promise<HttpAnswer> {
  const { hello, helloReply } = token.hello();
  const opening = { ...task, hello: toBase64(hello), helloReply: toBase64(helloReply) };
  let answer = await post(clerk, '/v1/serial-sessions', opening);
  const path = `/v1/serial-sessions/${String(fieldOf(answer, 'sessionId'))}/frames`;
  while (answer.status < 300 && fieldOf(answer, 'result') === undefined) {
    const frame = fromBase64(textOf(answer, 'frame'));
    const reply = frame.ok ? token.receive(frame.value) : undefined;
    assert(reply !== undefined, 'the token answers');
    answer = await post(clerk, path, { frame: toBase64(reply) });
  }
  return answer;
}

async function approved(request: object): Promise<string> {
  const made = await post(clerk, '/v1/requests', { reason: 'new contract', ...request });
  expect(made.status).toBe(201);
  const requestId = textOf(made, 'requestId');
  expect((await post(supervisor, `/v1/requests/${requestId}/approve`)).status).toBe(200);
  return requestId;
}

describe('staff over HTTP', () => {
  test('take a fob from the manifest to the first access of its customer', async () => {
    const { branch } = http;
    const fob = branch.makeToken('fob');
    const serial = serialText(fob.serial);
    const manifest = toBase64(branch.manifestOf([fob]));
    const imported = await post(clerk, '/v1/stock/manifests', { manifest });
    expect({ status: imported.status, tokens: fieldOf(imported, 'tokens') }).toEqual({
      status: 201,
      tokens: 1,
    });
    const provisioned = await carry(fob, { operation: 'provision' });
    expect(JSON.parse(provisioned.text)).toMatchObject({
      ...{ phase: 'done', frame: null },
      result: { serial, deviceState: 'PROVISIONED', outcome: 'done' },
    });
    const { customerId, userCode, pin } = await addCustomer();
    await approved({ operation: 'bind', serial, customerId });
    const shown = await get(clerk, `/v1/customers/${userCode}`);
    expect(JSON.parse(shown.text)).toMatchObject({
      customerId,
      account: 'FIRST_ACCESS',
      tokens: [{ serial }],
    });
    expect((await get(clerk, `/v1/tokens/${serial}`)).text).toContain('PROVISIONED');
    const sent = await http.caller.call('POST', '/v1/portal/challenges', { body: { userCode, pin } });
    const code = hotp({ crypto: nodeCrypto, secret: seedOf(fob.flash()), counter: 0n });
    const path = `/v1/portal/challenges/${textOf(sent, 'challengeId')}/code`;
    const body = { portalSession: textOf(sent, 'portalSession'), code };
    expect(fieldOf(await http.caller.call('POST', path, { body }), 'mustChangePin')).toBe(true);
  });

  test('bind an optical token in a session that carries the approved request', async () => {
    const token = await http.branch.stockToken('otc');
    const { customerId } = await addCustomer();
    const serial = serialText(token.serial);
    const requestId = await approved({ operation: 'bind', serial, customerId });
    const bound = await carry(token, { operation: 'bind', requestId, expectedSerial: serial });
    expect(fieldOf(bound, 'result')).toMatchObject({ outcome: 'done', prekeysLeft: 8 });
    const again = await carry(token, { operation: 'bind', requestId });
    expect({ status: again.status, id: fieldOf(again, 'id') }).toEqual({ status: 409, id: 'SERVER_REFUSED' });
  });

  test('cannot approve alone, and a clerk cannot approve at all', async () => {
    const { customerId } = await addCustomer();
    const token = await http.branch.stockToken('otc');
    const request = { operation: 'bind', serial: serialText(token.serial), customerId, reason: 'mine' };
    const own = textOf(await post(supervisor, '/v1/requests', request), 'requestId');
    for (const [bearer, requestId] of [
      [supervisor, own],
      [clerk, own],
    ] as const) {
      const refused = await post(bearer, `/v1/requests/${requestId}/approve`);
      expect({ status: refused.status, id: fieldOf(refused, 'id') }).toEqual({
        status: 403,
        id: 'NOT_ALLOWED',
      });
      expect(fieldOf(refused, 'fields')).toMatchObject({ reason: fieldOf(refused, 'message') });
    }
    expect((await post(clerk, `/v1/requests/${own}/reject`, { reason: 'no' })).status).toBe(403);
    const rejected = await post(supervisor, `/v1/requests/${own}/reject`, { reason: 'no' });
    expect(fieldOf(rejected, 'state')).toBe('rejected');
    expect(JSON.parse((await get(clerk, '/v1/requests')).text).requests).toHaveLength(1);
    expect(fieldOf(await get(clerk, `/v1/requests/${own}`), 'requester')).toBe('supervisor');
  });

  test('are told the true reason when a token is the wrong one, unknown or copied', async () => {
    const { branch } = http;
    const expectedSerial = '000000000999';
    const stock = await branch.stockToken('fob');
    const wrongOne = await carry(stock, { operation: 'provision', expectedSerial });
    expect(JSON.parse(wrongOne.text)).toMatchObject({
      id: 'WRONG_DEVICE',
      fields: { expected: expectedSerial, found: serialText(stock.serial) },
    });
    const unknown = await carry(branch.makeToken('fob'), { operation: 'provision' });
    expect(unknown.status).toBe(409);
    const copied = branch.makeToken('fob');
    copied.twist({ certificate: stock.certificate });
    const copy = await carry(copied, { operation: 'provision' });
    expect(copy.status).toBe(409);
    for (const refused of [wrongOne, unknown, copy]) {
      expect(String(fieldOf(refused, 'message')).length).toBeGreaterThan(20);
    }
  });

  test('block, reinstate and order a new PIN, one person each', async () => {
    const { customerId } = await addCustomer();
    const path = `/v1/customers/${customerId}`;
    expect(fieldOf(await post(clerk, `${path}/block`, { reason: 'lost' }), 'account')).toBe('STAFF_BLOCKED');
    const reinstate = await post(clerk, `${path}/reinstate`, { newPin: false, reason: 'found' });
    expect(fieldOf(reinstate, 'account')).toBe('FIRST_ACCESS');
    expect((await post(clerk, `${path}/new-pin`, { reason: 'forgotten' })).status).toBe(200);
    const token = await http.branch.stockToken('fob');
    const blocked = await post(clerk, `/v1/tokens/${serialText(token.serial)}/block`, { reason: 'stolen' });
    expect(blocked.status).toBe(200);
    expect(JSON.parse((await get(clerk, '/v1/tokens?limit=1')).text).tokens).toHaveLength(1);
  });

  test('read the audit log only where their role lets them', async () => {
    await addCustomer();
    expect((await get(clerk, '/v1/audit')).status).toBe(403);
    expect((await get(clerk, '/v1/audit/checkpoint')).status).toBe(403);
    const { entries } = JSON.parse((await get(supervisor, '/v1/audit?limit=2')).text);
    expect(entries).toHaveLength(2);
    const after = JSON.parse((await get(supervisor, '/v1/audit?afterIndex=0&limit=1')).text);
    expect(after.entries).toEqual([entries[1]]);
    const checkpoint = JSON.parse((await get(supervisor, '/v1/audit/checkpoint')).text);
    expect(checkpoint.count).toBe((await http.bank.ports.store.audit.head()).count);
  });

  test('sign in, add others, and are out when they sign out', async () => {
    const operator = { name: 'auditor', role: 'auditor', password: 'another long password' };
    expect((await post(clerk, '/v1/operators', operator)).status).toBe(403);
    expect((await post(supervisor, '/v1/operators', operator)).status).toBe(201);
    const auditor = await signIn('auditor', operator.password);
    const { operators } = JSON.parse((await get(auditor, '/v1/operators')).text);
    expect(operators.map(({ name }: { name: string }) => name)).toEqual(['auditor', 'clerk', 'supervisor']);
    expect((await get(auditor, '/v1/operators')).text).not.toContain('verifier');
    expect((await http.caller.call('DELETE', '/v1/operator-sessions', { bearer: auditor })).status).toBe(204);
    expect((await get(auditor, '/v1/operator-sessions')).status).toBe(401);
  });

  test('get 400 for bytes that are no base64, in every field that carries bytes', async () => {
    const bodies = [
      ['/v1/stock/manifests', { manifest: '***' }],
      ['/v1/serial-sessions', { operation: 'provision', hello: '***', helloReply: '' }],
      ['/v1/serial-sessions/none/frames', { frame: '***' }],
    ] as const;
    for (const [path, body] of bodies) {
      const answer = await post(clerk, path, body);
      expect({ path, status: answer.status, id: fieldOf(answer, 'id') }).toEqual({
        ...{ path, status: 400 },
        id: 'BAD_REQUEST',
      });
    }
  });
});
