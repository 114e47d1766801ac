import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { assert } from '@chiavetta/protocol/bytes';
import type { Clock } from '@chiavetta/protocol/ports';
import type { FastifyBaseLogger } from 'fastify';
import type { DirectoryPaths } from '../adapters/data-directory/index.ts';
import {
  claimDirectory,
  directoryPaths,
  ensureDevAuthorities,
  ensureKeyFiles,
  folderManifests,
  keepStoreEpoch,
  readKeyFiles,
  secretFolder,
} from '../adapters/data-directory/index.ts';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import { deliverToFolder } from '../adapters/outbox/index.ts';
import { boundedScrypt } from '../adapters/scrypt/index.ts';
import { lockDirectory, openSqliteStore } from '../adapters/sqlite/index.ts';
import type { Policy } from '../core/policy.ts';
import { DEFAULT_POLICY } from '../core/policy.ts';
import type { RecordTypes } from '../core/records.ts';
import type { Store } from '../ports/store.ts';
import { changeOf } from '../ports/store.ts';
import type { ValidatorKeys } from '../ports/validator-ports.ts';
import { customerSession } from '../service/customer-session.ts';
import { mailOpener } from '../service/mail-opener.ts';
import { portal } from '../service/portal.ts';
import { staffServices } from '../service/staff/compose-staff-services.ts';
import type { StaffServices } from '../service/staff/staff-services.ts';
import type { Api } from './api.ts';
import type { LogOptions } from './api-log.ts';
import { apiLog } from './api-log.ts';
import { buildApi } from './build-api.ts';
import type { FirstPeople } from './first-people.ts';
import { addFirstPeople } from './first-people.ts';
import { asListenError, isLoopback, ListenError } from './listen-error.ts';
import type { MailDelivery } from './mail-delivery.ts';
import { mailDelivery } from './mail-delivery.ts';

/** How a validator is started. */
export type StartOptions = {
  /** Made if missing. One process at a time. */
  readonly dataDirectory: string;
  /** 0: any free one. */
  readonly port: number;
  /** 127.0.0.1 unless told. */
  readonly host?: string;
  /** Whoever sets this says that a TLS proxy stands before the validator. Never with `dev`. */
  readonly allowOtherMachines?: boolean;
  /** A developer's directory: own anchor, test maker, first operators and customers. */
  readonly dev?: boolean;
  readonly policy?: Policy;
  readonly clock?: Clock;
  /** What tokens show as the bank: at most 16 printable ASCII characters. */
  readonly bankLabel?: string;
  /** Where the bank itself is told of blocks and losses. */
  readonly bankMail?: string;
  readonly log?: LogOptions;
};

/** A validator that listens. */
export type RunningValidator = {
  readonly url: string;
  /** Operators and customers that this start added, with passwords and PINs that stand nowhere else. */
  readonly firstPeople?: FirstPeople;
  /**
   * Say so once `firstPeople` were shown to somebody. Until then every start gives them new passwords and PINs: a first
   * start that was cut off is made up for by the next one.
   */
  readonly firstPeopleTold: () => Promise<void>;
  /** Answers what is under way, signs a last checkpoint and lets go of everything. Calling it again does nothing. */
  readonly stop: () => Promise<void>;
};

const SCRYPT_WAITING_MAX = 256;
const MAIL_SENDER = 'Chiavetta <noreply@chiavetta.example>';
const BANK_MAIL = 'blocks@chiavetta.example';
const REAP_MS = 60_000;
const SECOND_MS = 1_000;
const STOP_MS_MAX = 5_000;
const FIRST_EPOCH = 1;

/**
 * Starts the validator's process parts over one data directory.
 *
 * @throws DataDirectoryError, StoreError (`STORE_LOCKED` names the process that holds the directory), ListenError
 */
export async function startValidator(options: StartOptions): Promise<RunningValidator> {
  const { dataDirectory, host = '127.0.0.1', dev = false, clock = { nowMs: () => Date.now() } } = options;
  if (!isLoopback(host) && (dev || options.allowOtherMachines !== true)) {
    throw new ListenError('ADDRESS_NOT_LOCAL', host);
  }
  const paths = directoryPaths(dataDirectory);
  secretFolder(paths.root);
  const lock = lockDirectory(paths.lock, { processId: process.pid, sinceMs: clock.nowMs() });
  try {
    claimDirectory(paths, dev ? 'dev' : 'normal');
    const keys = prepareKeys({ paths, dev, nowMs: clock.nowMs() });
    const store = await openStore({ paths, keys, clock });
    try {
      const running = await serve({ ...options, host, dev, clock, paths, keys, store });
      return { ...running, stop: once(() => running.stop().finally(() => lock.release())) };
    } catch (failure) {
      await store.close();
      throw failure;
    }
  } catch (failure) {
    lock.release();
    throw failure;
  }
}

type Parts = StartOptions & {
  readonly host: string;
  readonly dev: boolean;
  readonly clock: Clock;
  readonly paths: DirectoryPaths;
  readonly keys: ValidatorKeys;
  readonly store: Store<RecordTypes>;
};

async function serve(parts: Parts): Promise<RunningValidator> {
  const { store, clock, dev, host, port, paths } = parts;
  const log = apiLog(parts.log);
  const ports = validatorPorts(parts);
  const staff = staffServices(ports);
  const carry = (): ReturnType<typeof deliverToFolder> =>
    deliverToFolder({
      outbox: store.outbox,
      open: mailOpener(ports),
      folder: paths.outbox,
      sender: MAIL_SENDER,
    });
  const first = await addFirstPeople({ ports, staff, dev });
  const services = {
    portal: portal(ports),
    session: customerSession(ports),
    staff,
    audit: store.audit,
    clock,
    sessionInactivityMs: ports.policy.session.inactivityMs,
  };
  const api = await buildApi({ services, log });
  const url = await listen(api, { host, port });
  const mails = mailDelivery({ outbox: store.outbox, carry, log });
  await mails.deliver();
  const reaper = startReaper(staff, log);
  log.info({ url, dev }, 'the validator listens');
  const stop = async (): Promise<void> => {
    clearInterval(reaper);
    await shutDown({ api, mails, store, log });
  };
  const people = first === undefined ? {} : { firstPeople: first.people };
  return { url, ...people, firstPeopleTold: async () => await first?.told(), stop };
}

/** Forgets, at the start and now and then, reservations that no ceremony used. */
function startReaper(staff: StaffServices, log: FastifyBaseLogger): NodeJS.Timeout {
  const reap = (): void => {
    staff.serial.reap().catch((err: unknown) => log.error({ err }, 'reservations cannot be reaped now'));
  };
  reap();
  return setInterval(reap, REAP_MS).unref();
}

/** First the line, so that nothing new comes in; the store last, because closing it signs the checkpoint. */
async function shutDown(parts: {
  readonly api: Api;
  readonly mails: MailDelivery;
  readonly store: Store<RecordTypes>;
  readonly log: FastifyBaseLogger;
}): Promise<void> {
  const { api } = parts;
  // A caller that never ends its request must not keep the validator from stopping.
  const forced = setTimeout(() => api.server.closeAllConnections(), STOP_MS_MAX);
  try {
    await api.close();
    await parts.mails.stop();
  } finally {
    clearTimeout(forced);
    await parts.store.close();
  }
  parts.log.info('the validator stopped');
}

function prepareKeys(job: {
  readonly paths: DirectoryPaths;
  readonly dev: boolean;
  readonly nowMs: number;
}): ValidatorKeys {
  const files = { paths: job.paths, crypto: nodeCrypto, entropy };
  ensureKeyFiles(files);
  if (job.dev) ensureDevAuthorities({ ...files, nowS: Math.floor(job.nowMs / SECOND_MS) });
  return readKeyFiles(files);
}

async function openStore(job: {
  readonly paths: DirectoryPaths;
  readonly keys: ValidatorKeys;
  readonly clock: Clock;
}): Promise<Store<RecordTypes>> {
  const store = await openSqliteStore<RecordTypes>({
    file: job.paths.store,
    witnessFile: job.paths.witness,
    checkpointSecret: job.keys.checkpointKey.expose(),
    crypto: nodeCrypto,
    clock: job.clock,
  });
  try {
    keepStoreEpoch(job.paths, await storeEpoch(store));
    return store;
  } catch (failure) {
    await store.close();
    throw failure;
  }
}

async function storeEpoch(store: Store<RecordTypes>): Promise<number> {
  const found = await store.read('meta', 'epoch');
  if (found !== undefined) return found.value.value;
  const put = { kind: 'meta', id: 'epoch', expected: 0, value: { value: FIRST_EPOCH } } as const;
  const { outcome } = await store.commit(changeOf({ puts: [put] }));
  assert(outcome === 'committed', 'nobody else writes to a store whose directory is locked');
  return FIRST_EPOCH;
}

function validatorPorts(parts: Parts): Parameters<typeof staffServices>[0] {
  const { store, clock, keys, paths, dev, policy = DEFAULT_POLICY, bankLabel = 'Chiavetta' } = parts;
  const bankMail = parts.bankMail ?? BANK_MAIL;
  const runningMax = Math.min(4, availableParallelism());
  const manifests = { folder: paths.devManifests, crypto: nodeCrypto, makerRoots: keys.makerRoots };
  return {
    ...{ store, clock, entropy, crypto: nodeCrypto, keys, policy, bankLabel, bankMail },
    scrypt: boundedScrypt(policy.scrypt, { runningMax, waitingMax: SCRYPT_WAITING_MAX }),
    ...(dev ? { manifestSource: folderManifests(manifests) } : {}),
  };
}

async function listen(api: Api, at: { readonly host: string; readonly port: number }): Promise<string> {
  try {
    return await api.listen(at);
  } catch (failure) {
    await api.close();
    throw asListenError(`${at.host}:${at.port}`, failure);
  }
}

function entropy(byteCount: number): Uint8Array {
  return new Uint8Array(randomBytes(byteCount));
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}
