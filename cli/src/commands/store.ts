import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandArgs, CommandContext, CommandSpec, OptionSpec } from '../command.ts';
import { sqliteStores } from '../compose.ts';
import { fill } from '../i18n/fill.ts';
import { Failure } from '../output/failure.ts';
import { validatorData } from '../settings/validator-data.ts';

const DATA_OPTION: OptionSpec = { flags: '--data <directory>' };

const backup: CommandSpec = {
  path: ['store', 'backup'],
  group: 'operate',
  args: ['<file>'],
  options: [DATA_OPTION],
  example: 'chiavetta store backup /mnt/backup/store-2026-11-21.db',
  run: async (context, args) => {
    const { output } = context;
    const toFile = args.text('file');
    if (existsSync(toFile))
      throw new Failure('FILE_NOT_WRITTEN', { path: toFile, reason: 'it exists already.' });
    const { backupSqliteStore } = await sqliteStores();
    const file = storeFile(context, args);
    await backupSqliteStore({ file, toFile });
    output.line(fill(output.catalogue.texts['store.backed_up'], { path: toFile }));
    output.note(output.catalogue.texts['store.backup_keys']);
    output.document({ file, copy: toFile });
  },
};

const migrate: CommandSpec = {
  path: ['store', 'migrate'],
  group: 'operate',
  options: [DATA_OPTION],
  example: 'chiavetta store migrate --data /var/lib/chiavetta',
  run: async (context, args) => {
    const { output } = context;
    const { texts } = output.catalogue;
    const { migrateSqliteStore } = await sqliteStores();
    const file = storeFile(context, args);
    const migration = await migrateSqliteStore({ file });
    output.line(migration === undefined ? texts['store.current'] : fill(texts['store.migrated'], migration));
    output.document({ file, migration: migration ?? null });
  },
};

/** The files of a validator. */
export const storeCommands: readonly CommandSpec[] = [backup, migrate];

function storeFile(context: CommandContext, args: CommandArgs): string {
  return join(validatorData(context, args), 'store.db');
}
