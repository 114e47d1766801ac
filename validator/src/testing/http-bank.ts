import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import type { RecordTypes } from '../core/records.ts';
import { apiLog } from '../http/api-log.ts';
import type { ApiLimits } from '../http/build-api.ts';
import { buildApi } from '../http/build-api.ts';
import type { Store } from '../ports/store.ts';
import { staffServices } from '../service/staff/compose-staff-services.ts';
import type { StaffServices } from '../service/staff/staff-services.ts';
import type { HttpCaller } from './http-caller.ts';
import { httpCaller } from './http-caller.ts';
import type { LittleBank } from './little-bank.ts';
import { littleBank } from './little-bank.ts';
import type { LittleBranch } from './little-branch.ts';
import { littleBranch } from './little-branch.ts';

/** A little bank behind real HTTP, its store in an SQLite file of a temporary directory. */
export interface HttpBank {
  readonly bank: LittleBank;
  readonly caller: HttpCaller;
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The same with staff, a maker and tokens. */
export interface HttpBranch extends HttpBank {
  readonly branch: LittleBranch;
}

type HttpBankOptions = {
  /** Puts something between the validator and its store. */
  readonly wrap?: (store: Store<RecordTypes>) => Store<RecordTypes>;
  readonly log?: FastifyBaseLogger;
  readonly limits?: ApiLimits;
};

const CHECKPOINT_SECRET = new Uint8Array(32).fill(7);
/** What a little bank's clock says at its beginning. */
const START_MS = 1_800_000_000_000;

/** Starts a bank without staff. */
export async function httpBank(options: HttpBankOptions = {}): Promise<HttpBank> {
  const files = await storeInFile(options);
  const bank = littleBank({ crypto: nodeCrypto, store: files.store });
  const served = await serveApi({ bank, staff: staffServices(bank.ports), ...options });
  return { bank, ...served, close: () => served.close().then(files.close) };
}

/** Starts a bank with staff, a maker and tokens. */
export async function httpBranch(options: HttpBankOptions = {}): Promise<HttpBranch> {
  const files = await storeInFile(options);
  const branch = await littleBranch({ store: files.store });
  const { bank, staff } = branch;
  const served = await serveApi({ bank, staff, ...options });
  return { bank, branch, ...served, close: () => served.close().then(files.close) };
}

async function storeInFile({ wrap }: HttpBankOptions): Promise<{
  readonly store: Store<RecordTypes>;
  readonly close: () => Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'chiavetta-http-'));
  const sqlite = await openSqliteStore<RecordTypes>({
    file: join(folder, 'store.db'),
    witnessFile: join(folder, 'witness.ndjson'),
    checkpointSecret: CHECKPOINT_SECRET,
    crypto: nodeCrypto,
    clock: { nowMs: () => START_MS },
  });
  const close = async (): Promise<void> => {
    await sqlite.close();
    rmSync(folder, { recursive: true });
  };
  return { store: wrap?.(sqlite) ?? sqlite, close };
}

async function serveApi(
  parts: HttpBankOptions & { readonly bank: LittleBank; readonly staff: StaffServices },
): Promise<Pick<HttpBank, 'caller' | 'url' | 'close'>> {
  const { bank, staff, limits, log = apiLog(undefined) } = parts;
  const services = {
    portal: bank.portal,
    session: bank.session,
    staff,
    audit: bank.ports.store.audit,
    clock: bank.clock,
    sessionInactivityMs: bank.ports.policy.session.inactivityMs,
  };
  const api = await buildApi({ services, log, ...(limits === undefined ? {} : { limits }) });
  const url = await api.listen({ host: '127.0.0.1', port: 0 });
  const caller = httpCaller(url);
  const close = async (): Promise<void> => {
    caller.close();
    await api.close();
  };
  return { caller, url, close };
}
