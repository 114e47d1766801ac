import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MailKind, PendingMail } from '../../ports/mail.ts';
import { MAIL_KINDS } from '../../ports/mail.ts';
import type { Outbox } from '../../ports/store.ts';
import { composeMail } from './compose-mail.ts';
import { deliverToFolder } from './deliver-to-folder.ts';
import { MAIL_TEXTS, NEVER_ASKED } from './mail-texts.ts';

const sender = 'Banca di Prova <noreply@bank.example>';
const bank = { what: 'device blocked', name: 'Anna', serial: '000000000042', reason: 'lost' };
const fields = { pin: '93751', userCode: '12345678', ...bank };
const mailOf = (kind: MailKind, id = 1): PendingMail => ({
  id,
  createdMs: 1_700_000_000_000,
  to: 'anna@example.org',
  kind,
  fields,
});

/** Nothing is sealed here. */
const open = (mail: PendingMail): PendingMail => mail;

/** An outbox in an array whose `done` can be made to fail. */
function outboxOf(mails: PendingMail[], failing = { done: false }): Outbox {
  return {
    claim: async (limit) => mails.slice(0, limit),
    done: async (id) => {
      if (failing.done) throw new Error('cut');
      mails.splice(
        mails.findIndex((mail) => mail.id === id),
        1,
      );
    },
  };
}

/** The text that a reader of a quoted-printable message sees. */
function readText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1').replaceAll('=\r\n', '').replaceAll('\r\n', ' ');
}

describe('messages to customers', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chiavetta-outbox-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test.each(MAIL_KINDS)('%s has a text, and says what staff never ask for', async (kind) => {
    const composed = await composeMail(mailOf(kind), sender);
    const text = composed.ok ? readText(composed.value) : '';
    expect(text).toContain(NEVER_ASKED);
    for (const word of ['PIN', 'device PIN', 'code']) expect(NEVER_ASKED).toContain(word);
    expect(text).toContain(`Subject: ${MAIL_TEXTS[kind].subject} `);
    expect(text).not.toMatch(/[{}]/);
  });

  test('are RFC 5322: the headers it asks for, lines of at most 998 bytes that end in CR LF', async () => {
    const composed = await composeMail(mailOf('new-pin'), sender);
    const text = composed.ok ? Buffer.from(composed.value).toString('latin1') : '';
    const [head = ''] = text.split('\r\n\r\n');
    const names = head.split('\r\n').map((line) => line.slice(0, line.indexOf(':')));
    for (const name of ['From', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version']) {
      expect(names.filter((found) => found === name)).toEqual([name]);
    }
    expect(head).toContain('Date: Tue, 14 Nov 2023 22:13:20 +0000');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    expect(text).toContain('Your new PIN is 93751.');
  });

  test('become one private file each, whole, and leave the store', async () => {
    const mails = [mailOf('user-code', 1), mailOf('initial-pin', 2)];
    const delivery = await deliverToFolder({ outbox: outboxOf(mails), open, folder, sender });
    expect(readdirSync(folder)).toEqual([
      '1700000000000-00000001-user-code.eml',
      '1700000000000-00000002-initial-pin.eml',
    ]);
    expect(delivery.files).toHaveLength(2);
    for (const file of delivery.files) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(mails).toEqual([]);
  });

  test('are delivered again after a stop, as the same file with the same bytes', async () => {
    const mails = [mailOf('initial-pin')];
    const failing = { done: true };
    const outbox = outboxOf(mails, failing);
    await expect(deliverToFolder({ outbox, open, folder, sender })).rejects.toThrow('cut');
    const [name = ''] = readdirSync(folder);
    const before = readFileSync(join(folder, name));
    const fileBefore = statSync(join(folder, name)).ino;
    failing.done = false;
    await deliverToFolder({ outbox, open, folder, sender });
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name))).toEqual(before);
    // Another file took its place: nobody who reads meanwhile sees half a message.
    expect(statSync(join(folder, name)).ino).not.toBe(fileBefore);
  });

  test('that cannot be composed stay, and hold up no other', async () => {
    const bad = { ...mailOf('new-pin', 1), fields: {} };
    const hostile = { ...mailOf('new-pin', 2), to: 'a@example.org\r\nBcc: b@example.org' };
    const two = { ...mailOf('new-pin', 3), to: 'a@example.org,b@example.org' };
    const mails: PendingMail[] = [bad, hostile, two, mailOf('new-pin', 4)];
    const delivery = await deliverToFolder({ outbox: outboxOf(mails), open, folder, sender });
    expect(delivery.failed).toEqual([
      { id: 1, error: { code: 'missing_field', field: 'pin' } },
      { id: 2, error: { code: 'bad_address' } },
      { id: 3, error: { code: 'bad_address' } },
    ]);
    expect(mails.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(readdirSync(folder)).toEqual(['1700000000000-00000004-new-pin.eml']);
  });
});
