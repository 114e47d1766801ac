import { fromBase64 } from '@chiavetta/protocol/bytes';
import { plainMatrixDecoder, readPng } from '@chiavetta/protocol/matrix';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OPEN_LOCK } from '../core/factor-lock.ts';
import type { TokenState } from '../core/token-record.ts';
import type { HttpBank } from '../testing/http-bank.ts';
import { httpBank } from '../testing/http-bank.ts';
import type { HttpAnswer } from '../testing/http-caller.ts';
import { fieldOf, textOf } from '../testing/http-caller.ts';
import { PIN, USER, wrong } from '../testing/little-customer.ts';
import type { LittleToken } from '../testing/little-token.ts';

let http: HttpBank;
beforeEach(async () => {
  http = await httpBank();
});
afterEach(() => http.close());

async function send(more: Readonly<Record<string, unknown>> = {}): Promise<HttpAnswer> {
  const body = { userCode: USER, pin: PIN, ...more };
  return await http.caller.call('POST', '/v1/portal/challenges', { body });
}

async function typeCode(
  at: HttpAnswer,
  code: string,
  more: { readonly key?: string; readonly nextCode?: string } = {},
): Promise<HttpAnswer> {
  const { key, ...typed } = more;
  return await http.caller.call('POST', `/v1/portal/challenges/${textOf(at, 'challengeId')}/code`, {
    body: { portalSession: textOf(at, 'portalSession'), code, ...typed },
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
  });
}

/** Reads the picture of an answer from its pixels, as a camera would, and shows it to the token. */
function scan(token: LittleToken, answer: HttpAnswer): string {
  const png = fromBase64(textOf(answer, 'matrixPng'));
  const frame = readPng(png.ok ? png.value : new Uint8Array(0));
  if (!frame.ok) throw new Error('the picture is a PNG');
  const matrix = plainMatrixDecoder.decode(frame.value);
  if (!matrix.ok) throw new Error(`the picture decodes: ${JSON.stringify(matrix.error)}`);
  const seen = token.scan(matrix.value.payload);
  if (!('code' in seen)) throw new Error(`the token takes the picture: ${JSON.stringify(seen)}`);
  return seen.code;
}

describe('a customer over HTTP', () => {
  test('logs in with a fob, changes the first PIN, sees the session and leaves', async () => {
    const customerId = await http.bank.addCustomer({ userCode: USER, pin: PIN, initial: true });
    const fob = await http.bank.addFob(customerId);
    const opened = await typeCode(await send(), fob.codeAt(0));
    expect(fieldOf(opened, 'outcome')).toBe('session');
    expect(fieldOf(opened, 'mustChangePin')).toBe(true);
    expect(opened.headers['cache-control']).toBe('no-store');
    const bearer = textOf(opened, 'sessionToken');
    const before = await http.caller.call('GET', '/v1/portal/session', { bearer });
    expect(JSON.parse(before.text)).toEqual({ mustChangePin: true, expiresInS: 300 });
    const pinChange = (oldPin: string, newPin: string): Promise<HttpAnswer> =>
      http.caller.call('POST', '/v1/portal/session/pin', { bearer, body: { oldPin, newPin } });
    expect(await pinChange(PIN, '12345')).toMatchObject({ status: 422 });
    expect(fieldOf(await pinChange(PIN, PIN), 'fields')).toEqual({ fault: 'pin_used_before' });
    expect(await pinChange('99999', '86420')).toMatchObject({ status: 403 });
    expect(await pinChange(PIN, '86421')).toMatchObject({ status: 204, text: '' });
    const session = await http.caller.call('GET', '/v1/portal/session', { bearer });
    expect(JSON.parse(session.text)).toEqual({
      ...{ customerId, name: 'Customer', account: 'OPEN', mustChangePin: false },
      ...{ serials: [fob.serial], expiresInS: 300 },
    });
    expect(await http.caller.call('DELETE', '/v1/portal/session', { bearer })).toMatchObject({ status: 204 });
    expect(await http.caller.call('GET', '/v1/portal/session', { bearer })).toMatchObject({ status: 401 });
  });

  test('pairs and logs in with an optical token that reads the pictures from their pixels', async () => {
    const token = await http.bank.addOtc(await http.bank.addCustomer({ userCode: USER, pin: PIN }));
    const first = await send();
    expect(fieldOf(first, 'kind')).toBe('pair1');
    const second = await typeCode(first, scan(token, first));
    expect(JSON.parse(second.text)).toMatchObject({ outcome: 'continue', kind: 'pair2' });
    expect(fieldOf(await typeCode(second, scan(token, second)), 'outcome')).toBe('session');
    const login = await send();
    expect(fieldOf(login, 'kind')).toBe('login');
    expect(fieldOf(await typeCode(login, scan(token, login)), 'outcome')).toBe('session');
  });

  test('gets the same picture again, from the same portal session only', async () => {
    await http.bank.addOtc(await http.bank.addCustomer({ userCode: USER, pin: PIN }));
    const first = await send();
    const path = `/v1/portal/challenges/${textOf(first, 'challengeId')}`;
    const own = { 'x-portal-session': textOf(first, 'portalSession') };
    expect((await http.caller.call('GET', path, { headers: own })).text).toBe(first.text);
    const other = { 'x-portal-session': 'another' };
    expect(await http.caller.call('GET', path, { headers: other })).toMatchObject({ status: 403 });
  });

  test('gets the same answer for the same request id, and a refusal for another request under it', async () => {
    const fob = await http.bank.addFob(await http.bank.addCustomer({ userCode: USER, pin: PIN }));
    const sent = await send();
    const first = await typeCode(sent, fob.codeAt(0), { key: 'one' });
    expect(first.status).toBe(200);
    expect((await typeCode(sent, fob.codeAt(0), { key: 'one' })).text).toBe(first.text);
    expect(await typeCode(sent, fob.codeAt(1), { key: 'one' })).toMatchObject({ status: 403 });
    expect(await typeCode(sent, fob.codeAt(0))).toMatchObject({ status: 403 });
  });

  test('comes back from 50 presses ahead with two codes in a row', async () => {
    const fob = await http.bank.addFob(await http.bank.addCustomer({ userCode: USER, pin: PIN }));
    expect(await typeCode(await send(), fob.codeAt(50))).toMatchObject({ status: 403 });
    const nextCode = fob.codeAt(52);
    expect(await typeCode(await send(), fob.codeAt(51), { nextCode })).toMatchObject({ status: 200 });
  });

  test('blocks a device or everything from the session', async () => {
    const fob = await http.bank.addFob(await http.bank.addCustomer({ userCode: USER, pin: PIN }));
    const bearer = textOf(await typeCode(await send(), fob.codeAt(0)), 'sessionToken');
    const block = (what: string): Promise<HttpAnswer> =>
      http.caller.call('POST', '/v1/portal/session/block', { bearer, body: { what } });
    expect(await block('999999999999')).toMatchObject({ status: 404 });
    expect(await block('all')).toMatchObject({ status: 204 });
    expect(await block('all')).toMatchObject({ status: 401 });
    expect(await typeCode(await send(), fob.codeAt(1))).toMatchObject({ status: 403 });
  });
});

describe('a refusal over HTTP', () => {
  const PAIRS = 200;

  /** Everything that a caller sees of a refusal, but for what names this one request. */
  function seen(answer: HttpAnswer): unknown {
    const { date, ...headers } = answer.headers;
    const requestId = textOf(answer, 'requestId');
    return {
      status: answer.status,
      headers,
      dateCharacters: String(date).length,
      text: answer.text.replace(requestId, requestId.replaceAll(/[0-9a-f]/g, '0')),
    };
  }

  /** What a SEND shows, but for the random values in it. */
  function shape(answer: HttpAnswer): unknown {
    const { date: _date, ...headers } = answer.headers;
    const body: Record<string, unknown> = JSON.parse(answer.text);
    const sizes = Object.entries(body).map(([name, value]) => [name, typeof value, String(value).length]);
    return { status: answer.status, headers, sizes, kind: body['kind'], expiresInS: body['expiresInS'] };
  }

  test(`is the same bytes in ${PAIRS} pairs of different wrong factors`, async () => {
    const otp = await http.bank.addCustomer({ userCode: USER, pin: PIN });
    const fob = await http.bank.addFob(otp);
    const wrongFactors = [
      async () => await typeCode(await send({ pin: '99999' }), fob.codeAt(0)),
      async () => await typeCode(await send({ userCode: '00000000' }), '000000'),
      async () => await typeCode(await send(), wrong(fob.codeAt(0))),
      async () => await typeCode(await send(), 'abc'),
      async () =>
        await http.caller.call('POST', '/v1/portal/challenges/nothing/code', {
          body: { portalSession: 'x', code: '123456' },
        }),
    ];
    const seenOnce = new Set<string>();
    for (let index = 0; index < PAIRS; index += 1) {
      await http.bank.editToken(fob.serial, unlocked);
      await http.bank.editCustomer(otp, (before) => ({ ...before, wrongPins: 0 }));
      const left = wrongFactors[index % 5];
      const right = wrongFactors[(index + 1 + Math.floor(index / 5)) % 5];
      for (const attempt of [left, right])
        if (attempt !== undefined) seenOnce.add(JSON.stringify(seen(await attempt())));
    }
    expect([...seenOnce]).toHaveLength(1);
    expect([...seenOnce][0]).toContain('"status":403');
  });

  test('is preceded by a SEND of one form and one size, right or wrong', async () => {
    const customerId = await http.bank.addCustomer({ userCode: USER, pin: PIN, birthDate: '1980-02-29' });
    await http.bank.addFob(customerId);
    const right = shape(await send({ birthDate: '1980-02-29' }));
    const others = [{ pin: '99999', birthDate: '1980-02-29' }, { birthDate: '1999-01-01' }, {}];
    for (const other of others) expect(shape(await send(other))).toEqual(right);
    await http.bank.editCustomer(customerId, (before) => ({
      ...before,
      block: { by: 'staff', reason: 'lost', atMs: 0 },
    }));
    expect(shape(await send({ birthDate: '1980-02-29' }))).toEqual(right);
  });

  test('shows pictures of one size for an optical token, right or wrong', async () => {
    await http.bank.addOtc(await http.bank.addCustomer({ userCode: USER, pin: PIN }));
    const sizes = new Set<string>();
    for (const pin of [PIN, '99999', PIN, '88888']) {
      const png = fromBase64(textOf(await send({ pin }), 'matrixPng'));
      const frame = readPng(png.ok ? png.value : new Uint8Array(0));
      sizes.add(frame.ok ? `${frame.value.widthPx} x ${frame.value.heightPx}` : 'no picture');
    }
    expect([...sizes]).toHaveLength(1);
  });
});

/** Without it the factor would rest after five wrong codes. */
function unlocked(token: TokenState): TokenState {
  return token.kind === 'fob'
    ? { ...token, bindings: token.bindings.map((one) => ({ ...one, lock: OPEN_LOCK })) }
    : token;
}
