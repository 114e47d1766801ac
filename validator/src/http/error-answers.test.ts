import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { RecordTypes } from '../core/records.ts';
import { StoreError } from '../ports/failure.ts';
import type { Store } from '../ports/store.ts';
import type { HttpBank } from '../testing/http-bank.ts';
import { httpBank } from '../testing/http-bank.ts';
import type { HttpAnswer } from '../testing/http-caller.ts';
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
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** The body of an answer that is no; nothing else may be in it, and no trace of the program. */
function errorBody(answer: HttpAnswer): { readonly id: string; readonly message: string } {
  const body: { id: string; message: string; requestId: string; fields?: object } = JSON.parse(answer.text);
  expect(
    Object.keys(body).filter((name) => !['id', 'message', 'requestId', 'fields'].includes(name)),
  ).toEqual([]);
  expect(body.requestId).toMatch(UUID);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.text).not.toMatch(/\.ts:|\.js:|node_modules| at [A-Za-z]+ \(|SQLITE/);
  return { id: body.id, message: body.message };
}

describe('every answer that is no', () => {
  const cases: readonly {
    readonly name: string;
    readonly method?: string;
    readonly path?: string;
    readonly more: Parameters<HttpBank['caller']['call']>[2];
    readonly expected: { readonly status: number; readonly id: string };
  }[] = [
    {
      name: 'an unknown address',
      method: 'GET',
      path: '/nothing',
      more: {},
      expected: { status: 404, id: 'NOT_FOUND' },
    },
    {
      name: 'an unknown method',
      method: 'PUT',
      path: SEND,
      more: {},
      expected: { status: 404, id: 'NOT_FOUND' },
    },
    {
      name: 'a malformed address',
      method: 'GET',
      path: '/v1/tokens/%zz',
      more: {},
      expected: { status: 400, id: 'BAD_REQUEST' },
    },
    {
      name: 'a part of an address without end',
      method: 'GET',
      path: `/v1/tokens/${'1'.repeat(500)}`,
      more: { bearer: 'x' },
      expected: { status: 400, id: 'BAD_REQUEST' },
    },
    {
      name: 'a body that is no JSON',
      more: { rawBody: 'x{"pin":"27183"}' },
      expected: { status: 400, id: 'BAD_REQUEST' },
    },
    { name: 'no body', more: {}, expected: { status: 400, id: 'BAD_REQUEST' } },
    {
      name: 'a body of another type',
      more: { rawBody: 'a', headers: { 'content-type': 'text/csv' } },
      expected: { status: 415, id: 'BAD_REQUEST' },
    },
    {
      name: 'a missing field',
      more: { body: { userCode: USER } },
      expected: { status: 400, id: 'BAD_REQUEST' },
    },
    {
      name: 'an unknown field',
      more: { body: { ...goodBody, admin: true } },
      expected: { status: 400, id: 'BAD_REQUEST' },
    },
    {
      name: 'a PIN that is a number',
      more: { body: { ...goodBody, pin: 27183 } },
      expected: { status: 400, id: 'BAD_REQUEST' },
    },
    {
      name: 'a field that is too long',
      more: { body: { ...goodBody, pin: '1'.repeat(65) } },
      expected: { status: 400, id: 'BAD_REQUEST' },
    },
    {
      name: 'a prototype in the body',
      more: { rawBody: '{"__proto__":{"a":1},"userCode":"1","pin":"2"}' },
      expected: { status: 400, id: 'BAD_REQUEST' },
    },
    {
      name: 'a body that is too large',
      more: { rawBody: JSON.stringify({ pin: '1'.repeat(20_000) }) },
      expected: { status: 413, id: 'TOO_LARGE' },
    },
    {
      name: 'nobody signed in',
      method: 'GET',
      path: '/v1/tokens',
      more: {},
      expected: { status: 401, id: 'SIGN_IN' },
    },
    {
      name: 'an unknown token of a session',
      method: 'GET',
      path: '/v1/tokens',
      more: { bearer: 'unknown' },
      expected: { status: 401, id: 'SIGN_IN' },
    },
    {
      name: 'a customer session that is none',
      method: 'GET',
      path: '/v1/portal/session',
      more: { bearer: 'unknown' },
      expected: { status: 401, id: 'SIGN_IN' },
    },
    {
      name: 'a wrong password',
      path: '/v1/operator-sessions',
      more: { body: { name: 'a', password: 'b' } },
      expected: { status: 401, id: 'SIGN_IN' },
    },
    {
      name: 'a refused code',
      path: `${SEND}/none/code`,
      more: { body: { portalSession: 'a', code: '123456' } },
      expected: { status: 403, id: 'REFUSED' },
    },
    {
      name: 'a challenge without its header',
      method: 'GET',
      path: `${SEND}/none`,
      more: {},
      expected: { status: 400, id: 'BAD_REQUEST' },
    },
  ];

  test('has the one form: id, words and the request id', async () => {
    const { caller } = await started();
    for (const { name, method = 'POST', path = SEND, more, expected } of cases) {
      const answer = await caller.call(method, path, more);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect({ name, status: answer.status, id: errorBody(answer).id }).toEqual({ name, ...expected });
      expect(answer.text).not.toContain(PIN);
    }
  });

  test('has it too for bytes that are no HTTP and for headers without end', async () => {
    const { url } = await started();
    const { port } = new URL(url);
    for (const bytes of ['hello?\r\n\r\n', `GET /health HTTP/1.1\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`]) {
      const socket = connect(Number(port), '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.write(bytes);
      await once(socket, 'close');
      const [head = '', body = ''] = text.split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 400 /);
      expect(JSON.parse(body)).toMatchObject({ id: 'BAD_REQUEST', requestId: expect.stringMatching(UUID) });
    }
  });

  test('tells nothing of the store that failed but its code', async () => {
    const code = 'STORE_FULL';
    const failing = (store: Store<RecordTypes>): Store<RecordTypes> => ({
      ...store,
      commit: () =>
        Promise.reject(
          new StoreError({ code, message: 'The store /secret/path is full', next: 'Buy a disk.' }),
        ),
    });
    const lines: string[] = [];
    const log = apiLog({ level: 'info', write: (line) => void lines.push(line) });
    const { caller } = await started({ wrap: failing, log });
    const answer = await caller.call('POST', SEND, { body: goodBody });
    expect(answer.status).toBe(503);
    expect(errorBody(answer)).toEqual({ id: code, message: expect.not.stringContaining('/secret') });
    expect(lines.join('')).toContain('/secret/path');
  });

  test('says of a fault of our own nothing but where to look', async () => {
    const broken = (store: Store<RecordTypes>): Store<RecordTypes> => ({
      ...store,
      commit: () => Promise.reject(new Error('an invariant of /secret/path broke')),
    });
    const lines: string[] = [];
    const log = apiLog({ level: 'info', write: (line) => void lines.push(line) });
    const { caller } = await started({ wrap: broken, log });
    const answer = await caller.call('POST', SEND, { body: goodBody });
    expect(answer.status).toBe(500);
    expect(errorBody(answer)).toEqual({ id: 'INTERNAL', message: expect.not.stringContaining('/secret') });
    const requestId: string = JSON.parse(answer.text).requestId;
    expect(lines.some((line) => line.includes(requestId) && line.includes('an invariant'))).toBe(true);
  });
});
