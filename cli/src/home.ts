import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { Failure } from './output/failure.ts';

/** Where this user's files live. `CHIAVETTA_HOME` puts them all under one folder; else XDG and its like. */
export type Home = {
  readonly config: string;
  readonly data: string;
  readonly state: string;
  readonly cache: string;
  /** Sockets of running tokens and links to their ports; 0700. */
  readonly run: string;
};

export function homeFrom(env: Readonly<Record<string, string | undefined>>): Home {
  const root = env['CHIAVETTA_HOME'];
  if (root !== undefined && root !== '') {
    return {
      config: join(root, 'config'),
      data: join(root, 'data'),
      state: join(root, 'state'),
      cache: join(root, 'cache'),
      run: join(root, 'run'),
    };
  }
  const paths = envPaths('chiavetta', { suffix: '' });
  const runtime = env['XDG_RUNTIME_DIR'];
  return {
    config: paths.config,
    data: paths.data,
    state: paths.log,
    cache: paths.cache,
    run: runtime !== undefined && runtime !== '' ? join(runtime, 'chiavetta') : join(paths.data, 'run'),
  };
}

/** Where the validator of this user keeps its data unless told (`--data`); the developer's maker stands in its `dev`. */
export function validatorDirectory(home: Home): string {
  return join(home.data, 'validator');
}

/** Where virtual tokens keep their flash and what was made of them. */
export function tokensDirectory(home: Home): string {
  return join(home.data, 'tokens');
}

/** Makes a folder that only this user can enter; refuses one that others can. */
export function privateDirectory(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const status = statSync(path);
  const mine = process.getuid === undefined || status.uid === process.getuid();
  if (!mine) throw new Failure('STORE_PERMISSION', { reason: `${path} belongs to another user.` });
  if ((status.mode & 0o077) !== 0) chmodSync(path, 0o700);
  return path;
}
