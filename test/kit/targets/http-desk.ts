import { randomBytes, randomInt } from 'node:crypto';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { VirtualToken } from '@chiavetta/firmware-sim';
import { createVirtualToken } from '@chiavetta/firmware-sim';
import type { Maker } from '@chiavetta/firmware-sim/factory';
import { decodeAnchor, decodeMaker, makeToken, signShippingManifest } from '@chiavetta/firmware-sim/factory';
import { formatSerial, tokenSerial } from '@chiavetta/protocol/keys';
import { httpProvisioningServer } from '@chiavetta/provisioning/http-server';
import { TargetUnusable } from '../target-unusable.ts';
import { codesOf } from './fob-codes.ts';
import { httpCall, textField } from './http-call.ts';
import { operateVirtualToken } from './virtual-cable.ts';

/** Somebody of the bank. */
export type Operator = { readonly name: string; readonly password: string };

/** A customer with a fob, as a branch makes them. */
export type Enrolled = {
  readonly customerId: string;
  readonly userCode: string;
  readonly pin: string;
  readonly codeAt: (counter: number) => string;
};

/** Where customers get their fobs, and are blocked and reinstated. */
export interface BankDesk {
  readonly enrol: () => Promise<Enrolled>;
  readonly block: (customerId: string) => Promise<void>;
  readonly reinstate: (customerId: string) => Promise<void>;
}

const MAIL_PAUSE_MS = 20;
const MAIL_TRIES_MAX = 500;
const SERIAL_MIN = 800_000_000_000;
const SERIAL_MAX = 900_000_000_000;
const MANIFEST_ID_MAX = 2 ** 31;
const REASON = 'a law of the validator is asked';

/**
 * The desk of a validator that runs with `serve --dev`: real virtual fobs by its test maker, provisioned over a real
 * session, bound by a clerk and approved by a supervisor; the first PIN is read from its outbox directory.
 *
 * @throws TargetUnusable
 */
export async function devDesk(job: {
  readonly url: string;
  readonly dataDirectory: string;
  readonly clerk: Operator;
  readonly approver: Operator;
}): Promise<BankDesk> {
  const { url, dataDirectory } = job;
  const clerk = await signIn(url, job.clerk);
  const approver = await signIn(url, job.approver);
  const factory = await devFactory(dataDirectory);
  const post = async (path: string, bearer: string, body: unknown, field: string): Promise<string> =>
    textField(await httpCall(url, { method: 'POST', path, bearer, body }), field);
  const onCustomer = (customerId: string, act: string, body: unknown): Promise<string> =>
    post(`/v1/customers/${encodeURIComponent(customerId)}/${act}`, clerk, body, 'customerId');
  return {
    block: async (customerId) => void (await onCustomer(customerId, 'block', { reason: REASON })),
    reinstate: async (customerId) =>
      void (await onCustomer(customerId, 'reinstate', { reason: REASON, newPin: false })),
    enrol: async () => {
      const email = `qa-${randomBytes(6).toString('hex')}@example.com`;
      const body = { name: 'Law Asker', email };
      const added = await httpCall(url, { method: 'POST', path: '/v1/customers', bearer: clerk, body });
      const customerId = textField(added, 'customerId');
      const fob = await newFob(factory, dataDirectory);
      const serial = formatSerial(fob.serial);
      const server = httpProvisioningServer({ url, bearer: clerk, signal: new AbortController().signal });
      const ended = await operateVirtualToken({ token: fob, server, operation: 'provision' });
      if (ended !== 'done') {
        throw new TargetUnusable(`A fob could not be provisioned: ${ended}.`, 'Look at the validator log.');
      }
      const wish = { operation: 'bind', serial, customerId, reason: REASON };
      const requestId = await post('/v1/requests', clerk, wish, 'requestId');
      await post(`/v1/requests/${encodeURIComponent(requestId)}/approve`, approver, {}, 'requestId');
      const pin = await mailedPin(join(dataDirectory, 'outbox'), email);
      return { customerId, userCode: textField(added, 'userCode'), pin, codeAt: codesOf(fob) };
    },
  };
}

async function signIn(url: string, operator: Operator): Promise<string> {
  const path = '/v1/operator-sessions';
  return textField(await httpCall(url, { method: 'POST', path, body: operator }), 'token');
}

type Factory = { readonly maker: Maker; readonly anchorPublicKey: Uint8Array };

async function devFactory(dataDirectory: string): Promise<Factory> {
  const read = (file: string): Promise<string> =>
    readFile(join(dataDirectory, 'dev', file), 'utf8').catch((cause: unknown) => {
      throw new TargetUnusable(
        `${dataDirectory} is no data directory of a validator that runs with --dev.`,
        'Start one with "chiavetta serve --dev" and name its directory with --data.',
        { cause },
      );
    });
  const maker = decodeMaker(await read('maker.json'));
  const anchor = decodeAnchor(await read('anchor.json'));
  if (maker.ok && anchor.ok) return { maker: maker.value, anchorPublicKey: anchor.value.publicKey };
  throw new TargetUnusable(
    `The test maker in ${dataDirectory} cannot be read.`,
    'Start with a new directory.',
  );
}

async function newFob({ maker, anchorPublicKey }: Factory, dataDirectory: string): Promise<VirtualToken> {
  const serial = tokenSerial(BigInt(randomInt(SERIAL_MIN, SERIAL_MAX)));
  if (!serial.ok) throw new TargetUnusable('No serial number could be made.', 'Run it again.');
  const made = makeToken({
    maker,
    anchorPublicKey,
    kind: 'fob',
    serial: serial.value,
    entropy: Uint8Array.from(randomBytes(32)),
  });
  const manifestId = randomInt(1, MANIFEST_ID_MAX);
  const issuedAt = Math.floor(Date.now() / 1_000);
  const file = join(dataDirectory, 'dev', 'manifests', `${formatSerial(made.serial)}.bin`);
  await writeFile(`${file}.part`, signShippingManifest(maker, [made], { manifestId, issuedAt }), {
    mode: 0o600,
  });
  await rename(`${file}.part`, file);
  return createVirtualToken({ made, seed: randomBytes(16).toString('hex'), tracing: 'off' });
}

/** The PIN that was mailed to an address. Delivery follows the answer, so that the file may still be on its way. */
async function mailedPin(outbox: string, email: string): Promise<string> {
  for (let tries = 0; tries < MAIL_TRIES_MAX; tries += 1) {
    const files = await readdir(outbox).catch((): string[] => []);
    for (const file of files
      .filter((name) => name.endsWith('-initial-pin.eml'))
      .sort()
      .reverse()) {
      const text = await readFile(join(outbox, file), 'utf8');
      const pin = /first PIN is (\d{5,8})/u.exec(text)?.[1];
      if (text.includes(email) && pin !== undefined) return pin;
    }
    await pause(MAIL_PAUSE_MS);
  }
  throw new TargetUnusable(
    `No first PIN came to ${outbox}.`,
    'Check that this is the directory of the validator.',
  );
}
