import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { DemoCheckFailed } from '../check.ts';

/** A message as its receiver reads it. */
export type DemoMail = {
  readonly kind: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
};

/** The folder into which the validator delivers mails, as `.eml` files. */
export interface Mailbox {
  /** The next unread message of this kind for this address; it is waited for, because mails travel apart. */
  readonly next: (wanted: { readonly to: string; readonly kind: string }) => Promise<DemoMail>;
  readonly all: () => Promise<readonly DemoMail[]>;
}

const WAIT_MS_MAX = 10_000;
const LOOK_AGAIN_MS = 20;

/** Reads the mails in a folder. */
export function mailbox(folder: string, signal: AbortSignal): Mailbox {
  const read = new Set<string>();
  const known = new Map<string, DemoMail>();
  const look = async (): Promise<readonly (readonly [string, DemoMail])[]> => {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((one) => one.endsWith('.eml') && !known.has(one))) {
      known.set(name, await readMail(join(folder, name), name));
    }
    return [...known].sort(([left], [right]) => left.localeCompare(right));
  };
  return {
    all: async () => (await look()).map(([, mail]) => mail),
    next: async ({ to, kind }) => {
      for (let waitedMs = 0; waitedMs < WAIT_MS_MAX; waitedMs += LOOK_AGAIN_MS) {
        const found = (await look()).find(
          ([name, mail]) => !read.has(name) && mail.kind === kind && mail.to === to,
        );
        if (found !== undefined) {
          read.add(found[0]);
          return found[1];
        }
        await pause(LOOK_AGAIN_MS, undefined, { signal });
      }
      throw new DemoCheckFailed(`a mail "${kind}" for ${to} arrives`);
    },
  };
}

/** Which kind it is stands in the file's name, `<time>-<number>-<kind>.eml`. */
async function readMail(file: string, name: string): Promise<DemoMail> {
  const mail = await PostalMime.parse(new Uint8Array(await readFile(file)));
  const kind = name.replace(/^\d+-\d+-/u, '').replace(/\.eml$/u, '');
  const [receiver] = mail.to ?? [];
  return { kind, to: receiver?.address ?? '', subject: mail.subject ?? '', text: mail.text ?? '' };
}
