import { afterEach, describe, expect, test } from 'vitest';
import { withoutCompareAndSwap } from '../adapters/memory/index.ts';
import type { HttpBank } from '../testing/http-bank.ts';
import { httpBank } from '../testing/http-bank.ts';
import { textOf } from '../testing/http-caller.ts';
import type { LittleFob } from '../testing/little-bank.ts';
import { PIN, USER } from '../testing/little-customer.ts';

const ROUNDS = 1_000;
const POSTS = 16;
const NAIVE_ROUNDS = 20;

let http: HttpBank | undefined;
afterEach(async () => {
  await http?.close();
  http = undefined;
});

async function bankWithFob(isNaive: boolean): Promise<{ http: HttpBank; fob: LittleFob }> {
  const started = await httpBank(isNaive ? { wrap: withoutCompareAndSwap } : {});
  http = started;
  const fob = await started.bank.addFob(await started.bank.addCustomer({ userCode: USER, pin: PIN }));
  return { http: started, fob };
}

/** SEND once, then 16 posts of the fresh code on 16 connections: how many got a session. */
async function round({ caller }: HttpBank, fob: LittleFob, counter: number): Promise<number> {
  const sent = await caller.call('POST', '/v1/portal/challenges', { body: { userCode: USER, pin: PIN } });
  const path = `/v1/portal/challenges/${textOf(sent, 'challengeId')}/code`;
  const body = { portalSession: textOf(sent, 'portalSession'), code: fob.codeAt(counter) };
  const posts = Array.from({ length: POSTS }, () => caller.call('POST', path, { body }));
  const answers = await Promise.all(posts);
  expect(answers.filter(({ status }) => status !== 200 && status !== 403)).toEqual([]);
  return answers.filter(({ status }) => status === 200).length;
}

describe('one fresh code, posted 16 times at once over HTTP, the store in SQLite', () => {
  test(`opens exactly one session in each of ${ROUNDS} rounds`, { timeout: 600_000 }, async () => {
    const { http: bank, fob } = await bankWithFob(false);
    const sessions: number[] = [];
    for (let counter = 0; counter < ROUNDS; counter += 1) sessions.push(await round(bank, fob, counter));
    expect(sessions).toEqual(Array.from({ length: ROUNDS }, () => 1));
  });

  test('opens more than one with a store that reads, verifies and writes: the race can be lost', async () => {
    const { http: bank, fob } = await bankWithFob(true);
    const sessions: number[] = [];
    for (let counter = 0; counter < NAIVE_ROUNDS; counter += 1) {
      sessions.push(await round(bank, fob, counter));
    }
    expect(Math.max(...sessions)).toBeGreaterThan(1);
  });
});
