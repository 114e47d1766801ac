import { formatSerial } from '@chiavetta/protocol/keys';
import type { Home } from '../home.ts';
import { madeTokens } from './made-tokens.ts';
import { runningTokens } from './running-tokens.ts';

/** A virtual token of this user. */
export type ListedToken = {
  readonly name: string;
  readonly serial: string;
  readonly profile: string;
  readonly running: boolean;
  /** The port that a host opens; absent while it does not run or its cable is pulled. */
  readonly linkPath: string | undefined;
};

/** The tokens that run and those that were made here before, by name. */
export async function listTokens(home: Home): Promise<readonly ListedToken[]> {
  const running = (await runningTokens(home)).map(({ info }) => info);
  const names = new Set(running.map(({ name }) => name));
  const resting = madeTokens(home).filter(({ name }) => !names.has(name));
  return [
    ...running.map(({ name, serial, profile, linkPath, ptyPath }) => ({
      name,
      serial,
      profile,
      running: true,
      linkPath: ptyPath === undefined ? undefined : linkPath,
    })),
    ...resting.map(({ name, made }) => ({
      name,
      serial: formatSerial(made.serial),
      profile: made.profile,
      running: false,
      linkPath: undefined,
    })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}
