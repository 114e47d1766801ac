import { toBase64 } from '@chiavetta/protocol/bytes';
import { staffClient } from '../api/operator-session.ts';
import type { CommandSpec } from '../command.ts';
import { fill } from '../i18n/fill.ts';
import { readInputFile } from '../input/input-file.ts';
import { SERVER_OPTION } from './common-options.ts';

const importManifest: CommandSpec = {
  path: ['stock', 'import'],
  group: 'branch',
  args: ['<file>'],
  options: [SERVER_OPTION],
  example: 'chiavetta stock import shipping-manifest.bin',
  run: async (context, args) => {
    const { output } = context;
    const client = staffClient(context, args);
    const manifest = toBase64(readInputFile(args.text('file')));
    const taken: { readonly makerId: number; readonly manifestId: number; readonly tokens: number } =
      await client.post('/v1/stock/manifests', { manifest });
    output.line(fill(output.catalogue.texts['stock.imported'], taken));
    output.document({ ...taken });
  },
};

/** What a maker shipped. */
export const stockCommands: readonly CommandSpec[] = [importManifest];
