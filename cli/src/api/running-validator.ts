import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandArgs, CommandContext } from '../command.ts';
import type { Home } from '../home.ts';
import { privateDirectory } from '../home.ts';
import { Failure } from '../output/failure.ts';
import { httpOrigin } from '../settings/http-origin.ts';

/** What a running `serve` leaves for the other commands of this user. */
export type RunningValidator = {
  readonly v: 1;
  readonly url: string;
  readonly pid: number;
  readonly dataDirectory: string;
  readonly dev: boolean;
};

/**
 * Leaves the note, unless that of a living process is there: the first validator keeps it. The function takes the own
 * note away again and no other; `undefined` where the place is taken.
 */
export function announceValidator(home: Home, running: RunningValidator): (() => void) | undefined {
  const path = join(privateDirectory(home.run), FILE);
  const first = noteIn(home);
  if (first !== undefined && first.pid !== running.pid && isAlive(first.pid)) return undefined;
  // What is there belongs to nobody any more. Of two that start at once, one finds the other's new file and stays away.
  rmSync(path, { force: true });
  try {
    writeFileSync(path, `${JSON.stringify(running)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  }
  return () => {
    const { pid, url } = noteIn(home) ?? {};
    if (pid === running.pid && url === running.url) rmSync(path, { force: true });
  };
}

/** The validator that runs here; the note of a process that is gone counts as none. */
export function runningValidator(home: Home): RunningValidator | undefined {
  const note = noteIn(home);
  return note !== undefined && isAlive(note.pid) ? note : undefined;
}

/**
 * Which validator a command speaks to: `--server`, else CHIAVETTA_SERVER, else the settings file, else the one that runs
 * here, else the address that `serve` has unless told: whether it answers is seen when it is asked.
 */
export function validatorUrl(context: Where, args: CommandArgs): string {
  const typed = args.optional('server');
  if (typed !== undefined && typed !== '') return checkedUrl(typed, '--server');
  return validatorUrlUnasked(context) ?? DEFAULT_URL;
}

/** The same without an option; `undefined` where nothing names one and none has left its note. */
export function validatorUrlUnasked({ home, env, settings }: Where): string | undefined {
  const named = env['CHIAVETTA_SERVER'];
  if (named !== undefined && named !== '') return checkedUrl(named, 'CHIAVETTA_SERVER');
  return settings.values.server ?? runningValidator(home)?.url;
}

type Where = Pick<CommandContext, 'home' | 'env' | 'settings'>;

const FILE = 'validator.json';
/** What `serve` listens on unless told. */
export const DEFAULT_PORT = 7840;
const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_PORT}`;

function noteIn(home: Home): RunningValidator | undefined {
  try {
    const note: RunningValidator = JSON.parse(readFileSync(join(home.run, FILE), 'utf8'));
    return typeof note.url === 'string' && typeof note.pid === 'number' ? note : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user lives too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function checkedUrl(text: string, origin: string): string {
  const url = httpOrigin(text);
  if (url === undefined) {
    const reason = `"${text}" is not a URL like ${DEFAULT_URL}.`;
    throw new Failure('CONFIG_INVALID', { name: 'server', origin, reason });
  }
  return url;
}
