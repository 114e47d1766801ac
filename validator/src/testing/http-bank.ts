import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import type { Policy } from '../core/policy.ts';
import type { RecordTypes } from '../core/records.ts';
import { apiLog } from '../http/api-log.ts';
import type { ApiLimits } from '../http/build-api.ts';
import { buildApi } from '../http/build-api.ts';
import type { Store } from '../ports/store.ts';
import { staffServices } from '../service/staff/staff-services.ts';
import type { HttpCaller } from './http-caller.ts';
import { httpCaller } from './http-caller.ts';
import type { LittleBank } from './little-bank.ts';
import { littleBank } from './little-bank.ts';

/** A little bank behind real HTTP, its store in an SQLite file of a temporary directory. */
export interface HttpBank {
  readonly bank: LittleBank;
  readonly caller: HttpCaller;
  readonly url: string;
  readonly close: () => Promise<void>;
}

const CHECKPOINT_SECRET = new Uint8Array(32).fill(7);

/** Starts one. `wrap` may put something between the validator and its store. */
export async function httpBank(
  options: {
    readonly wrap?: (store: Store<RecordTypes>) => Store<RecordTypes>;
    readonly log?: FastifyBaseLogger;
    readonly limits?: ApiLimits;
    readonly policy?: Policy;
  } = {},
): Promise<HttpBank> {
  const folder = mkdtempSync(join(tmpdir(), 'chiavetta-http-'));
  const sqlite = await openSqliteStore<RecordTypes>({
    file: join(folder, 'store.db'),
    witnessFile: join(folder, 'witness.ndjson'),
    checkpointSecret: CHECKPOINT_SECRET,
    crypto: nodeCrypto,
    clock: { nowMs: () => bank.clock.nowMs() },
  });
  const store = options.wrap?.(sqlite) ?? sqlite;
  const { policy, limits, log = apiLog(undefined) } = options;
  const bank = littleBank({ crypto: nodeCrypto, store, ...(policy === undefined ? {} : { policy }) });
  const services = {
    portal: bank.portal,
    session: bank.session,
    staff: staffServices(bank.ports),
    audit: store.audit,
    clock: bank.clock,
    sessionInactivityMs: bank.ports.policy.session.inactivityMs,
  };
  const api = await buildApi({ services, log, ...(limits === undefined ? {} : { limits }) });
  const url = await api.listen({ host: '127.0.0.1', port: 0 });
  const caller = httpCaller(url);
  return {
    bank,
    caller,
    url,
    close: async () => {
      caller.close();
      await api.close();
      await sqlite.close();
      rmSync(folder, { recursive: true });
    },
  };
}
