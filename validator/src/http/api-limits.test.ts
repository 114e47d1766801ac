import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { RecordTypes } from '../core/records.ts';
import type { Store } from '../ports/store.ts';
import type { HttpBank } from '../testing/http-bank.ts';
import { httpBank } from '../testing/http-bank.ts';
import { fieldOf } from '../testing/http-caller.ts';
import { PIN, USER } from '../testing/little-customer.ts';
import { DEFAULT_LIMITS } from './build-api.ts';

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

describe('a server that is full', () => {
  test('refuses one more at once, and takes it when a place is free', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = (store: Store<RecordTypes>): Store<RecordTypes> => ({
      ...store,
      commit: async (change) => {
        await gate;
        return await store.commit(change);
      },
    });
    const limits = { ...DEFAULT_LIMITS, requestsInFlightMax: 3 };
    const { caller } = await started({ wrap: slow, limits });
    const waiting = [1, 2, 3].map(() => caller.call('POST', SEND, { body: goodBody }));
    let refused = await caller.call('GET', '/health');
    while (refused.status === 200) refused = await caller.call('GET', '/health');
    expect(refused.status).toBe(503);
    expect(fieldOf(refused, 'id')).toBe('QUEUE_FULL');
    release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
    // A place is free when its line is done with the answer, which may be a moment after the caller has it.
    let health = await caller.call('GET', '/health');
    for (let tries = 0; tries < 100 && health.status !== 200; tries += 1) {
      health = await caller.call('GET', '/health');
    }
    expect(health.status).toBe(200);
  });
});

describe('callers that hang up', () => {
  /** Sends a piece of a request and breaks the connection off. */
  async function hangUp(url: string, bytes: string, isStarted: () => boolean): Promise<void> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(bytes);
    while (!isStarted()) await new Promise(setImmediate);
    socket.destroy();
    await once(socket, 'close');
  }

  test('do not use up the places of others, whether they left while sending or while waiting', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let commits = 0;
    const slow = (store: Store<RecordTypes>): Store<RecordTypes> => ({
      ...store,
      commit: async (change) => {
        commits += 1;
        await gate;
        return await store.commit(change);
      },
    });
    const limits = { ...DEFAULT_LIMITS, requestsInFlightMax: 3 };
    const { caller, url } = await started({ wrap: slow, limits });
    const head = (byteCount: number): string =>
      `POST ${SEND} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${byteCount}\r\n\r\n`;
    const body = JSON.stringify(goodBody);
    for (let count = 1; count <= 3; count += 1) {
      await hangUp(url, `${head(body.length)}${body}`, () => commits >= count);
    }
    release();
    for (let count = 0; count < 4; count += 1) await hangUp(url, `${head(100)}{"pin`, () => true);
    const places = [1, 2, 3].map(() => caller.call('POST', SEND, { body: goodBody }));
    let answer = await Promise.all(places);
    for (let tries = 0; tries < 100 && answer.some(({ status }) => status !== 200); tries += 1) {
      answer = await Promise.all([1, 2, 3].map(() => caller.call('POST', SEND, { body: goodBody })));
    }
    expect(answer.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});
