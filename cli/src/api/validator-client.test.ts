import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Failure } from '../output/failure.ts';
import { everyPage } from './pages.ts';
import { validatorClient } from './validator-client.ts';

type Reply = { readonly status: number; readonly text: string };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A validator that answers what the test says. */
async function listening(reply: (request: IncomingMessage) => Reply): Promise<string> {
  const server = createServer((request, response) => {
    const { status, text } = reply(request);
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  const address: AddressInfo | string | null = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

const signal = new AbortController().signal;

async function failureOf(reply: Reply, path = '/x'): Promise<Failure> {
  const url = await listening(() => reply);
  return validatorClient({ url, signal })
    .get(path)
    .then(
      () => {
        throw new Error('it was accepted');
      },
      (failure: Failure) => failure,
    );
}

test('an error of the validator keeps its id, its values and its words', async () => {
  const text = JSON.stringify({
    id: 'WRONG_DEVICE',
    message: 'another token',
    requestId: 'r1',
    fields: { expected: '1', found: '2', more: { nested: true } },
  });
  const failure = await failureOf({ status: 409, text });
  expect([failure.id, failure.fields]).toEqual([
    'WRONG_DEVICE',
    { expected: '1', found: '2', reason: 'another token' },
  ]);
});

test('an answer without an id of ours is told by its status', async () => {
  expect((await failureOf({ status: 401, text: '' })).id).toBe('SIGN_IN');
  expect((await failureOf({ status: 403, text: '{}' })).id).toBe('NOT_ALLOWED');
  expect((await failureOf({ status: 429, text: 'slow down' })).id).toBe('QUEUE_FULL');
  expect((await failureOf({ status: 503, text: '<html>' })).id).toBe('QUEUE_FULL');
  expect((await failureOf({ status: 404, text: '{"id":"toString"}' })).id).toBe('SERVER_REFUSED');
});

test('what the validator does not know is NOT_FOUND by its status, with what was looked for', async () => {
  const text = JSON.stringify({ id: 'SERVER_REFUSED', message: 'there is no such customer' });
  for (const [path, kind, wanted] of [
    ['/v1/customers/48%20213', 'customer', '48 213'],
    ['/v1/tokens/000000000042/block', 'token', '000000000042'],
    ['/v1/requests/r1?x=1', 'request', 'r1'],
  ] as const) {
    const failure = await failureOf({ status: 404, text }, path);
    expect([failure.id, failure.fields]).toEqual(['NOT_FOUND', { kind, wanted }]);
  }
  // Reading one thing fails with a conflict only where it is not there; a list or an error with its own id does not.
  expect((await failureOf({ status: 409, text }, '/v1/tokens/000000000042')).id).toBe('NOT_FOUND');
  expect((await failureOf({ status: 409, text }, '/v1/tokens')).id).toBe('SERVER_REFUSED');
  const own = JSON.stringify({ id: 'NOT_ALLOWED', message: 'not you' });
  expect((await failureOf({ status: 409, text: own }, '/v1/tokens/000000000042')).id).toBe('NOT_ALLOWED');
  const url = await listening(() => ({ status: 409, text }));
  const posted = validatorClient({ url, signal }).post('/v1/tokens/000000000042/block', {});
  await expect(posted).rejects.toMatchObject({ id: 'SERVER_REFUSED' });
});

test('another program at the address is told from a validator', async () => {
  const failure = await failureOf({ status: 200, text: '<html>hello</html>' });
  expect([failure.id, String(failure.fields['reason'])]).toEqual([
    'SERVER_REFUSED',
    expect.stringContaining('is no validator'),
  ]);
});

test('nobody at the address is SERVER_DOWN, and a stopped command is not blamed on the server', async () => {
  const url = await listening(() => ({ status: 200, text: '{}' }));
  await Promise.all(closing.splice(0).map((close) => close()));
  await expect(validatorClient({ url, signal }).get('/x')).rejects.toMatchObject({ id: 'SERVER_DOWN' });
  const stopped = AbortSignal.abort();
  await expect(validatorClient({ url, signal: stopped }).get('/x')).rejects.toMatchObject({
    id: 'INTERRUPTED',
  });
});

test('a list is read to its end, page by page, each after the last item of the one before', async () => {
  const all = Array.from({ length: 1_200 }, (_each, index) => ({ id: String(index).padStart(5, '0') }));
  const asked: string[] = [];
  const url = await listening(({ url: path = '' }) => {
    asked.push(path);
    const query = new URL(path, 'http://x').searchParams;
    const after = query.get('afterId') ?? '';
    const items = all.filter(({ id }) => id > after).slice(0, Number(query.get('limit')));
    return { status: 200, text: JSON.stringify({ items }) };
  });
  const { get, post } = validatorClient({ url, signal });
  const client = { url, bearer: '', get, post };
  const found = await everyPage<{ readonly id: string }>(client, {
    path: '/items',
    name: 'items',
    idOf: ({ id }) => id,
  });
  expect(found).toEqual(all);
  expect(asked).toHaveLength(3);
});
