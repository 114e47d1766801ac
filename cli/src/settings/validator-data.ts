import { resolve } from 'node:path';
import type { CommandArgs, CommandContext } from '../command.ts';
import { validatorDirectory } from '../home.ts';

/** The validator's data directory: `--data`, else the settings file, else this user's folder for it. */
export function validatorData(
  { home, settings }: Pick<CommandContext, 'home' | 'settings'>,
  args: Pick<CommandArgs, 'optional'>,
): string {
  return resolve(args.optional('data') ?? settings.values.data ?? validatorDirectory(home));
}
