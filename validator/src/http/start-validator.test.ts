import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '@chiavetta/protocol/bytes';
import { issueCertificate, MODEL_AUTHORITY, tokenSerial } from '@chiavetta/protocol/keys';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import { parseWitnessLine, verifyCheckpoint } from '../core/audit/checkpoint.ts';
import { DEFAULT_POLICY } from '../core/policy.ts';
import type { HttpCaller } from '../testing/http-caller.ts';
import { fieldOf, httpCaller, textOf } from '../testing/http-caller.ts';
import type { RunningValidator, StartOptions } from './start-validator.ts';
import { startValidator } from './start-validator.ts';

const POLICY = { ...DEFAULT_POLICY, scrypt: { cost: 16, blockSize: 1, parallelization: 1 } };

let folder: string;
let dataDirectory: string;
const running: RunningValidator[] = [];
const callers: HttpCaller[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chiavetta start '));
  dataDirectory = join(folder, 'data');
});
afterEach(async () => {
  for (const caller of callers.splice(0)) caller.close();
  for (const one of running.splice(0)) await one.stop();
  rmSync(folder, { recursive: true });
});

async function start(more: Partial<StartOptions> = {}): Promise<RunningValidator> {
  const one = await startValidator({ dataDirectory, port: 0, dev: true, policy: POLICY, ...more });
  running.push(one);
  return one;
}

function callerOf(one: RunningValidator): HttpCaller {
  const caller = httpCaller(one.url);
  callers.push(caller);
  return caller;
}

async function signIn(
  caller: HttpCaller,
  who: { name: string; password: string } | undefined,
): Promise<string> {
  const { name, password } = who ?? { name: '', password: '' };
  return textOf(await caller.call('POST', '/v1/operator-sessions', { body: { name, password } }), 'token');
}

function witnessed(): ReturnType<typeof parseWitnessLine> {
  const lines = readFileSync(join(dataDirectory, 'witness.ndjson'), 'utf8').trim().split('\n');
  return parseWitnessLine(lines.at(-1) ?? '');
}

describe('a validator in dev mode', () => {
  test('listens on this machine, tells the first passwords once, and mails the first PINs', async () => {
    const one = await start();
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:[0-9]+$/);
    const people = one.firstPeople;
    expect(people?.operators.map(({ role }) => role)).toEqual(['clerk', 'supervisor']);
    expect(people?.customers).toHaveLength(2);
    const outbox = join(dataDirectory, 'outbox');
    const mails = readdirSync(outbox).map((name) => readFileSync(join(outbox, name), 'utf8'));
    for (const { pin, userCode } of people?.customers ?? []) {
      expect(pin).toMatch(/^[0-9]{5,8}$/);
      expect(userCode).toMatch(/^[0-9]{8}$/);
      expect(mails.filter((mail) => mail.includes(pin))).toHaveLength(1);
    }
    const caller = callerOf(one);
    for (const operator of people?.operators ?? []) {
      const bearer = await signIn(caller, operator);
      const who = await caller.call('GET', '/v1/operator-sessions', { bearer });
      expect(JSON.parse(who.text)).toMatchObject({ name: operator.name, role: operator.role });
    }
    await one.firstPeopleTold();
    await one.stop();
    expect((await start()).firstPeople).toBeUndefined();
  });

  test('keeps everything that it writes to its owner alone', async () => {
    const lines: string[] = [];
    const one = await start({ log: { level: 'info', file: join(folder, 'validator.log') } });
    await one.stop();
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const wanted = entry.isDirectory() ? 0o700 : 0o600;
      if ((statSync(path).mode & 0o777) !== wanted) lines.push(path);
    }
    expect(lines).toEqual([]);
  });

  test('writes the factory files of a test maker, that certify the validator to its tokens', async () => {
    await start();
    const maker = JSON.parse(readFileSync(join(dataDirectory, 'dev/maker.json'), 'utf8'));
    const anchor = JSON.parse(readFileSync(join(dataDirectory, 'dev/anchor.json'), 'utf8'));
    expect(Object.keys(maker).sort()).toEqual([
      'file',
      'issuerCertificate',
      'issuerSecret',
      'makerId',
      'rootPublicKey',
      'rootSecret',
      'v',
    ]);
    expect(Object.keys(anchor).sort()).toEqual(['file', 'publicKey', 'secret', 'v']);
  });
});

describe('a validator for real customers', () => {
  /** Plays the bank's anchor, which is not on this machine. */
  function certify(directory: string): void {
    const keys = join(directory, 'keys');
    const request = JSON.parse(readFileSync(join(keys, 'authority-request.json'), 'utf8'));
    const bytes = (name: string): Uint8Array => new Uint8Array(Buffer.from(request[name], 'base64'));
    const anchorSecret = new Uint8Array(32).fill(5);
    const serial = tokenSerial(1n);
    assert(serial.ok, 'a good number');
    const certificate = issueCertificate({
      crypto: nodeCrypto,
      issuerSecret: anchorSecret,
      body: {
        ...{ model: MODEL_AUTHORITY, serial: serial.value, firmware: 0, batch: 0, issuerId: 0 },
        ...{ ed25519: bytes('ticketPublicKey'), x25519: bytes('noisePublicKey') },
        ...{ notBefore: 0, notAfter: 0xffff_ffff },
      },
    });
    writeFileSync(join(keys, 'authority.cert'), certificate, { mode: 0o600 });
    writeFileSync(join(keys, 'anchor.key'), nodeCrypto.ed25519PublicKey(anchorSecret), { mode: 0o600 });
  }

  test('starts once the anchor signed what it asked for, with one supervisor and nobody else', async () => {
    await expect(start({ dev: false })).rejects.toMatchObject({
      code: 'AUTHORITY_MISSING',
      next: expect.stringContaining(join(dataDirectory, 'keys/authority-request.json')),
    });
    await expect(start({ dev: false })).rejects.toMatchObject({ code: 'AUTHORITY_MISSING' });
    certify(dataDirectory);
    const one = await start({ dev: false });
    expect(one.firstPeople?.operators.map(({ role }) => role)).toEqual(['supervisor']);
    expect(one.firstPeople?.customers).toEqual([]);
    expect(existsSync(join(dataDirectory, 'dev'))).toBe(false);
    await signIn(callerOf(one), one.firstPeople?.operators[0]);
    await one.firstPeopleTold();
    await one.stop();
    expect((await start({ dev: false })).firstPeople).toBeUndefined();
  });
});

describe('a data directory', () => {
  test('of dev mode is refused by a normal start, and one that never started may become one of dev mode', async () => {
    await (await start()).stop();
    await expect(start({ dev: false })).rejects.toMatchObject({ code: 'DATA_IS_DEV' });
    const real = join(folder, 'real');
    await expect(start({ dev: false, dataDirectory: real })).rejects.toMatchObject({
      code: 'AUTHORITY_MISSING',
    });
    // As that refusal advises: no validator ever started there, so that --dev may take it over, for good.
    await (await start({ dataDirectory: real })).stop();
    await expect(start({ dev: false, dataDirectory: real })).rejects.toMatchObject({ code: 'DATA_IS_DEV' });
  });

  test('serves one validator at a time, and the refusal names the process that holds it', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    expect((await callerOf(first).call('GET', '/health')).status).toBe(200);
    await first.stop();
    await start();
  });

  test('is refused when a key file or the store may be read by others, and is free again after it', async () => {
    await (await start()).stop();
    const kek = join(dataDirectory, 'keys/kek.key');
    chmodSync(kek, 0o644);
    await expect(start()).rejects.toMatchObject({
      code: 'KEY_FILE_PERMISSION',
      fields: { path: kek, mode: '0644' },
    });
    chmodSync(kek, 0o600);
    chmodSync(join(dataDirectory, 'store.db'), 0o640);
    await expect(start()).rejects.toMatchObject({ code: 'STORE_PERMISSION' });
    chmodSync(join(dataDirectory, 'store.db'), 0o600);
    chmodSync(dataDirectory, 0o755);
    await expect(start()).rejects.toMatchObject({ code: 'KEY_FILE_PERMISSION' });
    chmodSync(dataDirectory, 0o700);
    await start();
  });
});

describe('where a validator listens', () => {
  test('is this machine, unless somebody says that a proxy stands before it; never in dev mode', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'bank.example']) {
      await expect(start({ host })).rejects.toMatchObject({
        code: 'ADDRESS_NOT_LOCAL',
        fields: { address: host },
      });
      await expect(start({ host, allowOtherMachines: true })).rejects.toMatchObject({
        code: 'ADDRESS_NOT_LOCAL',
      });
    }
    expect(existsSync(dataDirectory)).toBe(false);
  });

  test('is refused in plain words when another program has it, and everything is let go', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start({ port })).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
      fields: { address: `127.0.0.1:${port}` },
    });
    await new Promise((resolve) => other.close(resolve));
    const one = await start({ port });
    expect(one.url).toContain(String(port));
    // The first start had stored people whom nobody was told of.
    await signIn(callerOf(one), one.firstPeople?.operators[0]);
  });
});

describe('a stop', () => {
  test('answers what is under way, delivers the mails, signs the log and refuses what comes later', async () => {
    const one = await start();
    const caller = callerOf(one);
    await one.firstPeopleTold();
    const clerk = await signIn(caller, one.firstPeople?.operators[0]);
    const adding = Array.from({ length: 8 }, (_, index) =>
      caller.call('POST', '/v1/customers', {
        bearer: clerk,
        body: { name: `Customer ${index}`, email: `c${index}@example.com` },
      }),
    );
    // Asked for while the eight are on their way.
    await caller.call('GET', '/health');
    await Promise.all([one.stop(), one.stop()]);
    const answers = await Promise.all(adding);
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 201 || status === 503)).toBe(true);
    const addedCount = answers.filter(({ status }) => status === 201).length;
    expect(readdirSync(join(dataDirectory, 'outbox')).length).toBe(2 + addedCount);
    await expect(caller.call('GET', '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const checkpoint = witnessed();
    expect(checkpoint.ok).toBe(true);
    const again = await start();
    const bearer = await signIn(callerOf(again), one.firstPeople?.operators[1]);
    const signed = await callerOf(again).call('GET', '/v1/audit/checkpoint', { bearer });
    expect(fieldOf(signed, 'count')).toBeGreaterThanOrEqual(
      checkpoint.ok ? checkpoint.value.count : Infinity,
    );
    const secret = new Uint8Array(readFileSync(join(dataDirectory, 'keys/checkpoint.key')));
    const publicKey = nodeCrypto.ed25519PublicKey(secret);
    expect(checkpoint.ok && verifyCheckpoint(nodeCrypto, checkpoint.value, publicKey)).toBe(true);
  });
});
