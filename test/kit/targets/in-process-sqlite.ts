import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { RecordTypes, Store } from '@chiavetta/validator';
import { openSqliteStore } from '@chiavetta/validator/sqlite';
import { littleBank } from '@chiavetta/validator/testing';
import type { Target, TargetOptions } from '../target.ts';
import { bankSubject } from './bank-subject.ts';

/** The same services over a database in a temporary directory; a restart closes the file and opens it again. */
export async function inProcessSqliteTarget({ seed, name }: TargetOptions): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'chiavetta-qa-'));
  const checkpointSecret = new Uint8Array(randomBytes(32));
  const open = (): Promise<Store<RecordTypes>> =>
    openSqliteStore<RecordTypes>({
      file: join(folder, 'store.db'),
      witnessFile: join(folder, 'witness.ndjson'),
      checkpointSecret,
      crypto: nobleCrypto,
      clock: { nowMs: () => Date.now() },
    });
  let store = await open();
  const reopen = async (): Promise<void> => {
    await store.close();
    store = await open();
  };
  const bank = littleBank({ seed, store: following(() => store) });
  let customerNumber = 0;
  return {
    name,
    cannot: [],
    enrol: () => {
      customerNumber += 1;
      return bankSubject(bank, { customerNumber, reopen });
    },
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A store that is whichever store is open now. */
function following(current: () => Store<RecordTypes>): Store<RecordTypes> {
  return {
    read: (kind, id) => current().read(kind, id),
    readMany: (keys) => current().readMany(keys),
    list: (query) => current().list(query),
    commit: (change) => current().commit(change),
    get audit() {
      return current().audit;
    },
    get outbox() {
      return current().outbox;
    },
    backup: (file) => current().backup(file),
    close: () => current().close(),
  };
}
