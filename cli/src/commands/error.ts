import type { CommandSpec } from '../command.ts';
import { Failure } from '../output/failure.ts';
import { EXIT_CODES, isFailureId } from '../output/failure-table.ts';
import { table } from '../output/table.ts';

/** What an error id means. */
export const errorCommand: CommandSpec = {
  path: ['error'],
  group: 'operate',
  args: ['[id]'],
  withBrokenSettings: true,
  example: 'chiavetta error IN_DOUBT',
  run: async ({ output }, args) => {
    const { failures, texts } = output.catalogue;
    const ids = Object.keys(EXIT_CODES).filter(isFailureId);
    const wanted = args.optional('id')?.toUpperCase();
    if (wanted === undefined) {
      const rows = ids.map((id) => [id, String(EXIT_CODES[id]), inGeneral(failures[id].what)]);
      for (const line of table([[texts['column.error'], texts['column.exit'], ''], ...rows]))
        output.line(line);
      output.document({ errors: ids.map((id) => ({ id, exit: EXIT_CODES[id], ...failures[id] })) });
      return;
    }
    if (!isFailureId(wanted)) throw new Failure('UNKNOWN_ERROR_ID', { wanted, list: ids.join(', ') });
    const { what, safe, next } = failures[wanted];
    for (const sentence of [what, safe, next]) if (sentence !== '') output.line(inGeneral(sentence));
    output.document({ id: wanted, exit: EXIT_CODES[wanted], what, safe, next });
  },
};

/** A sentence before anything happened: where a value will stand, its name. */
function inGeneral(sentence: string): string {
  return sentence.replace(/\{(\w+)\}/gu, '<$1>');
}
