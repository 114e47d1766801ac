import { validatorUrlUnasked } from '../api/running-validator.ts';
import type { CommandContext, CommandSpec } from '../command.ts';
import { tokensDirectory } from '../home.ts';
import { nameValueLines } from '../output/table.ts';
import { validatorData } from '../settings/validator-data.ts';

const path: CommandSpec = {
  path: ['config', 'path'],
  group: 'operate',
  example: 'chiavetta config path',
  withBrokenSettings: true,
  run: async (context, args) => {
    const { output, home, env, settings } = context;
    const { texts } = output.catalogue;
    const validator = validatorData(context, args);
    const tokens = tokensDirectory(home);
    const origin = env['CHIAVETTA_HOME'] === undefined ? texts['config.platform'] : 'CHIAVETTA_HOME';
    const server = validatorUrlUnasked(context);
    for (const line of nameValueLines([
      [texts['config.config'], home.config],
      [texts['config.file'], settingsFileText(context)],
      [texts['config.data'], home.data],
      [texts['config.validator'], validator],
      [texts['config.tokens'], tokens],
      [texts['config.state'], home.state],
      [texts['config.cache'], home.cache],
      [texts['config.run'], home.run],
      [texts['config.server'], server],
      [texts['config.origin'], origin],
    ])) {
      output.line(line);
    }
    const { path: file, exists, problem } = settings.file;
    const settingsFile = { path: file, exists, valid: problem === undefined };
    output.document({ ...home, settingsFile, validator, tokens, server: server ?? null, origin });
  },
};

/** Where things are. */
export const configCommands: readonly CommandSpec[] = [path];

function settingsFileText({ output, settings }: CommandContext): string {
  const { texts } = output.catalogue;
  const { path: file, exists, problem } = settings.file;
  if (problem !== undefined) return `${file} ${texts['config.file_broken']}`;
  return exists ? file : `${file} ${texts['config.file_absent']}`;
}
