import { runningValidator } from '../api/running-validator.ts';
import type { CommandSpec } from '../command.ts';
import { tokensDirectory, validatorDirectory } from '../home.ts';
import { nameValueLines } from '../output/table.ts';

const path: CommandSpec = {
  path: ['config', 'path'],
  group: 'operate',
  example: 'chiavetta config path',
  run: async ({ output, home, env }) => {
    const { texts } = output.catalogue;
    const validator = validatorDirectory(home);
    const tokens = tokensDirectory(home);
    const origin = env['CHIAVETTA_HOME'] === undefined ? texts['config.platform'] : 'CHIAVETTA_HOME';
    const server = env['CHIAVETTA_SERVER'] ?? runningValidator(home)?.url;
    for (const line of nameValueLines([
      [texts['config.config'], home.config],
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
    output.document({ ...home, validator, tokens, server: server ?? null, origin });
  },
};

/** Where things are. */
export const configCommands: readonly CommandSpec[] = [path];
