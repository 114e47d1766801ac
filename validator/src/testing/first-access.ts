import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryPaths } from '../adapters/data-directory/index.ts';
import type { HttpCaller } from './http-caller.ts';
import { fieldOf, textOf } from './http-caller.ts';

/** What a customer's first access came to. */
export type FirstAccess = {
  /** As it was mailed; absent: no mail came. */
  readonly pin: string | undefined;
  readonly status: number;
  readonly mustChangePin: unknown;
};

/** Logs a customer in with the User Code, the mailed PIN and a fob's code. */
export async function firstAccess(
  caller: HttpCaller,
  job: {
    readonly dataDirectory: string;
    readonly email: string;
    readonly userCode: string;
    readonly code: string;
  },
): Promise<FirstAccess> {
  const { userCode, code } = job;
  const pin = deliveredPin(job.dataDirectory, job.email);
  const sent = await caller.call('POST', '/v1/portal/challenges', { body: { userCode, pin: pin ?? '' } });
  const path = `/v1/portal/challenges/${textOf(sent, 'challengeId')}/code`;
  const body = { portalSession: textOf(sent, 'portalSession'), code };
  const opened = await caller.call('POST', path, { body });
  const { status } = opened;
  return { pin, status, mustChangePin: status === 200 ? fieldOf(opened, 'mustChangePin') : undefined };
}

/** The first PIN that was mailed to an address, from the files of delivered messages. */
function deliveredPin(dataDirectory: string, address: string): string | undefined {
  const { outbox } = directoryPaths(dataDirectory);
  for (const name of readdirSync(outbox)) {
    if (!name.endsWith('-initial-pin.eml')) continue;
    const text = readFileSync(join(outbox, name), 'utf8');
    if (text.includes(`To: ${address}\r\n`)) return /\b[0-9]{6}\b/.exec(text.split('\r\n\r\n')[1] ?? '')?.[0];
  }
  return undefined;
}
