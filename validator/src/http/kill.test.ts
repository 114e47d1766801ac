import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { assert } from '@chiavetta/protocol/bytes';
import { hotp } from '@chiavetta/protocol/otp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directoryPaths, readKeyFiles } from '../adapters/data-directory/index.ts';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import { boundedScrypt } from '../adapters/scrypt/index.ts';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import { DEFAULT_POLICY } from '../core/policy.ts';
import type { RecordTypes } from '../core/records.ts';
import { devFobs, provisionOverHttp } from '../testing/dev-tokens.ts';
import { firstAccess } from '../testing/first-access.ts';
import type { HttpCaller } from '../testing/http-caller.ts';
import { fieldOf, httpCaller, textOf } from '../testing/http-caller.ts';
import type { LittleBank, LittleFob } from '../testing/little-bank.ts';
import { littleBank } from '../testing/little-bank.ts';
import { serialText } from '../testing/little-branch.ts';
import type { LittleSerialToken } from '../testing/little-serial-token.ts';
import { seedOf } from '../testing/little-serial-token.ts';
import { startValidator } from './start-validator.ts';

const KILLS = 20;
const WORKERS = 6;
const STOCK = 80;
/** Fobs that get their seed over the line while the process is killed. */
const UNPROVISIONED = 24;
const FIRST_SERIAL = 70_001;
const PIN = '27183';
const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

const POLICY = {
  ...DEFAULT_POLICY,
  scrypt: { cost: 2, blockSize: 1, parallelization: 1 },
  // Each restart begins with a used code on purpose: none of them may put a fob to rest.
  factor: { ...DEFAULT_POLICY.factor, coolingFailures: 1_000, lockFailures: 2_000 },
};

/** The validator as a process of its own, from the built package. */
const VALIDATOR_PROGRAM = `
  import { startValidator } from '@chiavetta/validator/http';
  const [dataDirectory, policy] = process.argv.slice(1);
  const running = await startValidator({ dataDirectory, port: 0, dev: true, policy: JSON.parse(policy) });
  console.log(running.url);
`;

type Worker = { readonly userCode: string; readonly fob: LittleFob; counter: number };
/** A code that was answered with a session, and everything that it takes to send it again. */
type Accepted = {
  readonly worker: Worker;
  readonly counter: number;
  readonly path: string;
  readonly body: object;
};
type Enrolment = { readonly customerId: string; readonly fob?: LittleFob };
/** A customer whose fob was bound with a yes, and what the first access takes. */
type Bound = { readonly userCode: string; readonly email: string; readonly fob: LittleFob };

let folder: string;
let workers: Worker[];
let stock: LittleFob[];
let unprovisioned: LittleSerialToken[];
let clerk: string;
let supervisor: string;
const accepted: Accepted[] = [];
const enrolled: Enrolment[] = [];
const bound: Bound[] = [];
const provisioned: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chiavetta-sigkill-'));
  const dataDirectory = join(folder, 'data');
  const first = await startValidator({ dataDirectory, port: 0, dev: true, policy: POLICY });
  const caller = httpCaller(first.url);
  const tokens: string[] = [];
  for (const { name, password } of first.firstPeople?.operators ?? []) {
    tokens.push(
      textOf(await caller.call('POST', '/v1/operator-sessions', { body: { name, password } }), 'token'),
    );
  }
  [clerk = '', supervisor = ''] = tokens;
  const serials = Array.from({ length: UNPROVISIONED }, (_, index) => FIRST_SERIAL + index);
  const { fobs, manifest } = devFobs(dataDirectory, serials);
  const imported = await caller.call('POST', '/v1/stock/manifests', { body: { manifest }, bearer: clerk });
  expect(imported.status).toBe(201);
  unprovisioned = [...fobs];
  caller.close();
  await first.stop();
  await addBoundFobs(dataDirectory);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Puts provisioned fobs into the store, for logins and for customers whose fob needs no cable. */
async function addBoundFobs(dataDirectory: string): Promise<void> {
  const paths = directoryPaths(dataDirectory);
  const keys = readKeyFiles({ paths, crypto: nodeCrypto, entropy: (count) => new Uint8Array(count) });
  const store = await openSqliteStore<RecordTypes>({
    file: paths.store,
    witnessFile: paths.witness,
    checkpointSecret: keys.checkpointKey.expose(),
    crypto: nodeCrypto,
    clock: { nowMs: () => Date.now() },
  });
  const scrypt = boundedScrypt(POLICY.scrypt, { runningMax: 2, waitingMax: 100 });
  const bank = littleBank({ crypto: nodeCrypto, store, keys, scrypt, policy: POLICY });
  workers = [];
  for (let index = 0; index < WORKERS; index += 1) {
    const userCode = String(11_111_110 + index);
    const fob = await bank.addFob(await bank.addCustomer({ userCode, pin: PIN }));
    workers.push({ userCode, fob, counter: 0 });
  }
  stock = await addStock(bank);
  await store.close();
}

async function addStock(bank: LittleBank): Promise<LittleFob[]> {
  const fobs: LittleFob[] = [];
  const nobody = await bank.addCustomer({ userCode: '22222222', pin: PIN });
  for (let index = 0; index < STOCK; index += 1) {
    const fob = await bank.addFob(nobody);
    await bank.editToken(fob.serial, (token) => (token.kind === 'fob' ? { ...token, bindings: [] } : token));
    fobs.push(fob);
  }
  await bank.editCustomer(nobody, (before) => ({ ...before, factors: [] }));
  return fobs;
}

async function sendAndType(caller: HttpCaller, worker: Worker, counter: number): Promise<[number, Accepted]> {
  const sent = await caller.call('POST', '/v1/portal/challenges', {
    body: { userCode: worker.userCode, pin: PIN },
  });
  const path = `/v1/portal/challenges/${textOf(sent, 'challengeId')}/code`;
  const body = { portalSession: textOf(sent, 'portalSession'), code: worker.fob.codeAt(counter) };
  const { status } = await caller.call('POST', path, { body });
  return [status, { worker, counter, path, body }];
}

/** Logs in again and again; a code whose answer was lost with the process is left behind. */
async function logIns(caller: HttpCaller, worker: Worker, onAnswer: () => void): Promise<void> {
  for (;;) {
    const { counter } = worker;
    worker.counter += 1;
    const [status, sent] = await sendAndType(caller, worker, counter);
    expect(status).toBe(200);
    accepted.push(sent);
    onAnswer();
  }
}

/** The next fob to bind: every other one gets its seed first. One whose provisioning was cut off is the next again. */
async function nextFob(caller: HttpCaller, isFresh: boolean): Promise<LittleFob | undefined> {
  const token = isFresh ? unprovisioned[0] : undefined;
  if (token === undefined) return stock.pop();
  const done = await provisionOverHttp(caller, clerk, token);
  expect(fieldOf(done, 'result')).toMatchObject({ deviceState: 'PROVISIONED' });
  unprovisioned.shift();
  const fob = { serial: serialText(token.serial), secret: seedOf(token.flash()) };
  provisioned.push(fob.serial);
  return { ...fob, codeAt: (counter) => hotp({ ...fob, counter: BigInt(counter) }) };
}

let customerCount = 0;

/** Adds customers and binds fobs to them, two people each time. */
async function enrolments(caller: HttpCaller, onAnswer: () => void): Promise<void> {
  for (;;) {
    customerCount += 1;
    const email = `new-${customerCount}@example.com`;
    const customer = { name: `Customer ${customerCount}`, email };
    const added = await caller.call('POST', '/v1/customers', { body: customer, bearer: clerk });
    expect(added.status).toBe(201);
    const customerId = textOf(added, 'customerId');
    enrolled.push({ customerId });
    onAnswer();
    const fob = await nextFob(caller, customerCount % 2 === 0);
    if (fob === undefined) continue;
    onAnswer();
    const request = { operation: 'bind', serial: fob.serial, customerId, reason: 'a new fob' };
    const asked = await caller.call('POST', '/v1/requests', { body: request, bearer: clerk });
    expect(asked.status).toBe(201);
    const path = `/v1/requests/${textOf(asked, 'requestId')}/approve`;
    const approved = await caller.call('POST', path, { bearer: supervisor });
    expect({ status: approved.status, state: fieldOf(approved, 'state') }).toEqual({
      status: 200,
      state: 'used',
    });
    enrolled.push({ customerId, fob });
    bound.push({ userCode: textOf(added, 'userCode'), email, fob });
    onAnswer();
  }
}

/** Runs until the connection breaks; any other end is a failed test. */
async function untilKilled(work: Promise<void>): Promise<void> {
  await work.catch((failure: unknown) => {
    const code = failure instanceof Error && 'code' in failure ? failure.code : undefined;
    if (code !== 'ECONNRESET' && code !== 'ECONNREFUSED' && code !== 'EPIPE') throw failure;
  });
}

/** Starts the process, checks what was answered before, loads it and kills it after so many answers. */
async function killUnderLoad(answerCount: number): Promise<void> {
  const args = ['--input-type=module', '-e', VALIDATOR_PROGRAM, join(folder, 'data'), JSON.stringify(POLICY)];
  const child = spawn(process.execPath, args, { cwd: packageFolder, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let url = '';
  for await (const line of createInterface({ input: child.stdout })) {
    url = line;
    break;
  }
  assert(url.startsWith('http://127.0.0.1:'), 'the validator started');
  const caller = httpCaller(url);
  try {
    await checkRemembered(caller);
    let answers = 0;
    const onAnswer = (): void => {
      answers += 1;
      if (answers === answerCount) child.kill('SIGKILL');
    };
    const load = [...workers.map((worker) => logIns(caller, worker, onAnswer)), enrolments(caller, onAnswer)];
    await Promise.all(load.map(untilKilled));
    expect(answers).toBeGreaterThanOrEqual(answerCount);
  } finally {
    child.kill('SIGKILL');
    caller.close();
    await ended;
  }
}

let checkedEnrolments = 0;

/** What was answered with yes before the kill is still so, and no used code is taken again. */
async function checkRemembered(caller: HttpCaller): Promise<void> {
  for (const worker of workers) {
    const last = accepted.findLast((one) => one.worker === worker);
    if (last === undefined) continue;
    const again = await caller.call('POST', last.path, { body: last.body });
    expect(again.status).toBe(403);
    const [status] = await sendAndType(caller, worker, last.counter);
    expect(status).toBe(403);
  }
  for (const { customerId, fob } of enrolled.slice(checkedEnrolments)) {
    const shown = await caller.call('GET', `/v1/customers/${customerId}`, { bearer: clerk });
    expect(shown.status).toBe(200);
    if (fob === undefined) continue;
    expect(shown.text).toContain(fob.serial);
    const token = await caller.call('GET', `/v1/tokens/${fob.serial}`, { bearer: clerk });
    expect(JSON.parse(token.text)).toMatchObject({ bindings: [{ customerId }] });
  }
  checkedEnrolments = enrolled.length;
}

/** Every customer whose fob was bound with a yes comes in with the mailed PIN and the fob's first code. */
async function everyFirstAccess(): Promise<void> {
  const dataDirectory = join(folder, 'data');
  const options = { dataDirectory, port: 0, dev: true, policy: POLICY };
  // A stop delivers what still waits.
  await (await startValidator(options)).stop();
  const running = await startValidator(options);
  const caller = httpCaller(running.url);
  try {
    for (const { userCode, email, fob } of bound) {
      const job = { dataDirectory, email, userCode, code: fob.codeAt(0) };
      expect({ email, ...(await firstAccess(caller, job)) }).toEqual({
        ...{ email, pin: expect.stringMatching(/^[0-9]{6}$/), status: 200, mustChangePin: true },
      });
    }
    for (const serial of provisioned) {
      const shown = await caller.call('GET', `/v1/tokens/${serial}`, { bearer: clerk });
      expect({ serial, device: fieldOf(shown, 'device') }).toEqual({ serial, device: 'PROVISIONED' });
    }
  } finally {
    caller.close();
    await running.stop();
  }
}

describe('a validator that is killed under load', () => {
  test(`accepts no used code and forgets no enrolment, ${KILLS} times over`, {
    timeout: 600_000,
  }, async () => {
    expect(existsSync(join(packageFolder, 'dist/http/start-validator.js'))).toBe(true);
    for (let kill = 0; kill < KILLS; kill += 1) await killUnderLoad(4 + ((kill * 37) % 60));
    await killUnderLoad(1);
    const codes = accepted.map(({ worker, counter }) => `${worker.userCode}:${counter}`);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.length).toBeGreaterThan(KILLS);
    expect(bound.length).toBeGreaterThan(KILLS / 2);
    expect(bound.filter(({ fob }) => provisioned.includes(fob.serial)).length).toBeGreaterThan(2);
    await everyFirstAccess();
  });
});
