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

/** Leaves the note; the returned function takes it away again, unless another validator has left its own since. */
export function announceValidator(home: Home, running: RunningValidator): () => void {
  const path = join(privateDirectory(home.run), FILE);
  writeFileSync(path, `${JSON.stringify(running)}\n`, { mode: 0o600 });
  return () => {
    if (runningValidator(home)?.pid === running.pid) rmSync(path, { force: true });
  };
}

/** The validator that runs here, as far as its note says. */
export function runningValidator(home: Home): RunningValidator | undefined {
  try {
    const note: RunningValidator = JSON.parse(readFileSync(join(home.run, FILE), 'utf8'));
    return typeof note.url === 'string' && typeof note.pid === 'number' ? note : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Which validator a command speaks to: `--server`, else CHIAVETTA_SERVER, else the settings file, else the one that runs
 * here.
 */
export function validatorUrl(context: Where, args: CommandArgs): string {
  const typed = args.optional('server');
  if (typed !== undefined && typed !== '') return checkedUrl(typed, '--server');
  const url = validatorUrlUnasked(context);
  if (url === undefined) throw new Failure('SERVER_DOWN', { url: DEFAULT_URL });
  return url;
}

/** The same without an option; `undefined` where nothing names one and none runs. */
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

function checkedUrl(text: string, origin: string): string {
  const url = httpOrigin(text);
  if (url === undefined) {
    const reason = `"${text}" is not a URL like ${DEFAULT_URL}.`;
    throw new Failure('CONFIG_INVALID', { name: 'server', origin, reason });
  }
  return url;
}
