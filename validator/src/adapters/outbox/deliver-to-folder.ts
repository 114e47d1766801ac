import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { err } from '@chiavetta/protocol/bytes';
import type { PendingMail } from '../../ports/mail.ts';
import type { Outbox } from '../../ports/store.ts';
import type { ComposeError, OpenedMail } from './compose-mail.ts';
import { composeMail } from './compose-mail.ts';

/** Most messages that one delivery takes up. */
const DELIVERY_MAILS_MAX = 500;

const MAIL_FILE_MODE = 0o600;
const MAIL_FOLDER_MODE = 0o700;

/** What a delivery did. A message that cannot be composed stays in the store. */
export type Delivery = {
  readonly files: readonly string[];
  readonly failed: readonly { readonly id: number; readonly error: ComposeError }[];
};

/**
 * Delivers waiting messages as `.eml` files into a folder. Each appears whole or not at all, and at least once: a
 * stop between the file and the store's `done` writes the same bytes under the same name again.
 */
export async function deliverToFolder(job: {
  readonly outbox: Outbox;
  /** Opens a message's secret fields; `undefined` when they were not sealed for it. */
  readonly open: (mail: PendingMail) => OpenedMail | undefined;
  readonly folder: string;
  /** The From address, for instance `Banca <noreply@bank.example>`. */
  readonly sender: string;
}): Promise<Delivery> {
  if (!existsSync(job.folder)) mkdirSync(job.folder, { recursive: true, mode: MAIL_FOLDER_MODE });
  const files: string[] = [];
  const failed: { id: number; error: ComposeError }[] = [];
  for (const mail of await job.outbox.claim(DELIVERY_MAILS_MAX)) {
    const opened = job.open(mail);
    const composed =
      opened === undefined
        ? err({ code: 'sealed_for_another' } as const)
        : await composeMail(opened, job.sender);
    if (!composed.ok) {
      failed.push({ id: mail.id, error: composed.error });
      continue;
    }
    const file = join(job.folder, mailFileName(mail));
    writeWhole(file, composed.value);
    syncFolder(job.folder);
    await job.outbox.done(mail.id);
    files.push(file);
  }
  return { files, failed };
}

/** A name that sorts by time and belongs to this message alone. */
function mailFileName(mail: OpenedMail): string {
  const id = String(mail.id).padStart(8, '0');
  return `${mail.createdMs}-${id}-${mail.kind}.eml`;
}

/** Writes a file under another name, and renames it when it is on the disk. */
function writeWhole(file: string, bytes: Uint8Array): void {
  const unfinished = `${file}.part`;
  const handle = openSync(unfinished, 'w', MAIL_FILE_MODE);
  try {
    writeFileSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(unfinished, file);
}

/** Makes the new name durable before the store forgets the message. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
