import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../adapters/node-crypto/index.ts';
import { deliverToFolder } from '../../adapters/outbox/index.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import type { RecordTypes } from '../../core/records.ts';
import type { Store } from '../../ports/store.ts';
import type { LittleBranch } from '../../testing/little-branch.ts';
import { granted, littleBranch } from '../../testing/little-branch.ts';
import { waitingMails } from '../../testing/waiting-mails.ts';
import { mailOpener } from '../mail-opener.ts';

let folder: string;
let store: Store<RecordTypes>;
let branch: LittleBranch;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chiavetta-pins-'));
  store = await openSqliteStore<RecordTypes>({
    file: join(folder, 'store.db'),
    witnessFile: join(folder, 'witness.ndjson'),
    checkpointSecret: new Uint8Array(32).fill(7),
    crypto: nodeCrypto,
    clock: { nowMs: () => 1_800_000_000_000 },
  });
  branch = await littleBranch({ store });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** A new customer, the address made from the name. */
async function add(name: string): Promise<string> {
  const form = { name, email: `${name}@example.com` };
  return granted(await branch.staff.customers.add(branch.clerk, form)).customerId;
}

function deliver(): ReturnType<typeof deliverToFolder> {
  const open = mailOpener(branch.ports);
  return deliverToFolder({
    outbox: store.outbox,
    open,
    folder: join(folder, 'mails'),
    sender: 'a@b.example',
  });
}

/** What somebody does who can write the store's file and has no key. */
function writeStore(sql: string): void {
  const database = new BetterSqlite3(join(folder, 'store.db'));
  database.exec(sql);
  database.close();
}

describe('a PIN that waits for its delivery', () => {
  test('is in no byte of the store, and in the message once it is delivered', async () => {
    const customerId = await add('ada');
    granted(await branch.staff.customers.newPin(branch.clerk, { customerId, reason: 'forgotten' }));
    granted(await branch.staff.customers.block(branch.clerk, { customerId, reason: 'asked' }));
    const lift = { customerId, reason: 'came', newPin: true };
    granted(await branch.staff.customers.reinstate(branch.clerk, lift));
    const pins = (await waitingMails(branch.ports)).flatMap(({ fields }) => fields['pin'] ?? []);
    expect(pins).toHaveLength(3);
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = Buffer.concat(files.map(({ name }) => readFileSync(join(folder, name))));
    // What is no secret is found there, so that the search is known to look in the right place.
    expect(bytes.includes('ada@example.com')).toBe(true);
    for (const pin of pins) {
      for (const coding of ['latin1', 'utf16le', 'hex', 'base64'] as const) {
        const written = coding === 'hex' || coding === 'base64' ? Buffer.from(pin).toString(coding) : '';
        const wanted = written === '' ? Buffer.from(pin, coding) : Buffer.from(written);
        expect(bytes.includes(wanted), coding).toBe(false);
      }
    }
    const { files: mails } = await deliver();
    const texts = mails.map((file) => readFileSync(file, 'latin1'));
    for (const pin of pins) expect(texts.filter((text) => text.includes(pin))).toHaveLength(1);
  });

  test('goes to nobody when its message was given the address or the secret part of another', async () => {
    await add('ada');
    await add('bea');
    await add('cyd');
    writeStore("UPDATE outbox SET address = 'thief@example.com' WHERE address = 'ada@example.com'");
    writeStore(
      `UPDATE outbox SET fields = (SELECT fields FROM outbox WHERE address = 'cyd@example.com')
       WHERE address = 'bea@example.com'`,
    );
    const delivery = await deliver();
    expect(delivery.failed.map(({ error }) => error.code)).toEqual([
      'sealed_for_another',
      'sealed_for_another',
    ]);
    expect(delivery.files).toHaveLength(1);
    expect((await store.outbox.claim(9)).map(({ to }) => to)).toEqual([
      'thief@example.com',
      'bea@example.com',
    ]);
  });
});
