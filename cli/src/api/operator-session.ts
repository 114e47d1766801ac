import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandArgs, CommandContext } from '../command.ts';
import type { Home } from '../home.ts';
import { privateDirectory } from '../home.ts';
import { Failure } from '../output/failure.ts';
import { validatorUrl } from './running-validator.ts';
import type { ValidatorClient } from './validator-client.ts';
import { validatorClient } from './validator-client.ts';

/** Who signed in here and where. The token opens the operator's session: the file is for its owner alone. */
export type OperatorSession = {
  readonly v: 1;
  readonly url: string;
  readonly token: string;
  readonly name: string;
  readonly role: string;
};

/** What the validator answers to a name and a password. */
export type SignedIn = {
  readonly token: string;
  readonly name: string;
  readonly role: string;
  readonly expiresInS: number;
};

/** The validator, spoken to as the operator who signed in. */
export interface StaffClient {
  readonly url: string;
  readonly bearer: string;
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body?: unknown): Promise<Answer>;
}

/** Speaks to the validator without a name, for signing in. */
export function anonymousClient(context: CommandContext, args: CommandArgs): ValidatorClient {
  return validatorClient({ url: validatorUrl(context, args), signal: context.signal });
}

/** Speaks as the operator who signed in here; a session of another validator is never sent to this one. */
export function staffClient(context: CommandContext, args: CommandArgs): StaffClient {
  const url = validatorUrl(context, args);
  const session = readOperatorSession(context.home);
  if (session === undefined || session.url !== url) throw new Failure('SIGN_IN');
  return staffClientOf({ url, bearer: session.token, signal: context.signal });
}

/** Speaks with the given session token. */
export function staffClientOf(options: {
  readonly url: string;
  readonly bearer: string;
  readonly signal: AbortSignal;
}): StaffClient {
  const { url, bearer, signal } = options;
  const client = validatorClient({ url, signal });
  return {
    url,
    bearer,
    get: (path) => client.get(path, { bearer }),
    post: (path, body = {}) => client.post(path, body, { bearer }),
  };
}

/** @throws Failure WRONG_PASSWORD; the validator does not say which of the two was wrong */
export async function signIn(
  client: ValidatorClient,
  attempt: { readonly name: string; readonly password: string },
): Promise<SignedIn> {
  try {
    return await client.post('/v1/operator-sessions', attempt);
  } catch (error) {
    if (error instanceof Failure && error.id === 'SIGN_IN') throw new Failure('WRONG_PASSWORD');
    throw error;
  }
}

/** Ends a session at the validator; one that is over already is as good. */
export async function signOut(client: ValidatorClient, bearer: string): Promise<void> {
  try {
    await client.delete('/v1/operator-sessions', { bearer });
  } catch (error) {
    if (!(error instanceof Failure) || error.id !== 'SIGN_IN') throw error;
  }
}

export function readOperatorSession(home: Home): OperatorSession | undefined {
  try {
    const session: OperatorSession = JSON.parse(readFileSync(join(home.state, FILE), 'utf8'));
    return typeof session.token === 'string' && typeof session.url === 'string' ? session : undefined;
  } catch {
    return undefined;
  }
}

export function keepOperatorSession(home: Home, session: OperatorSession): void {
  const path = join(privateDirectory(home.state), FILE);
  // A file that is there may have other modes: the new one takes its place.
  writeFileSync(`${path}.new`, `${JSON.stringify(session)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function forgetOperatorSession(home: Home): void {
  rmSync(join(home.state, FILE), { force: true });
}

const FILE = 'operator.json';
