import { resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { CommandArgs, CommandContext, CommandSpec } from '../command.ts';
import { fill } from '../i18n/fill.ts';
import { reasonWords } from '../matrix/reason-words.ts';
import { Failure } from '../output/failure.ts';

/** Colour matrices as files. */
export const matrixCommands: readonly CommandSpec[] = [
  {
    path: ['matrix', 'encode'],
    group: 'develop',
    args: ['<file>'],
    options: [
      { flags: '--format <format>', choices: ['hex', 'base64', 'raw'] },
      { flags: '--out <file>' },
      { flags: '--module-px <count>' },
      { flags: '--symbol-version <number>' },
      { flags: '--level <level>', choices: ['M', 'Q'] },
    ],
    example: 'chiavetta matrix encode payload.hex --out picture.png',
    run: encode,
  },
  {
    path: ['matrix', 'decode'],
    group: 'develop',
    args: ['<path...>'],
    example: 'chiavetta matrix decode picture.png',
    run: decode,
  },
];

async function encode({ output, terminal }: CommandContext, args: CommandArgs): Promise<void> {
  const { readPayloadFile } = await import('../matrix/payload-file.ts');
  const { drawMatrix, matrixOf, writePicture } = await import('../matrix/encode-picture.ts');
  const format = args.optional('format');
  const payload = readPayloadFile(
    args.text('file'),
    format === 'base64' || format === 'raw' ? format : 'hex',
  );
  const matrix = matrixOf(payload, {
    version: args.whole('symbol-version', { min: 2, max: 7 }),
    level: args.optional('level'),
  });
  const { symbol, sizeModules } = matrix;
  const about = {
    symbolVersion: symbol.version,
    level: symbol.level,
    sizeModules,
    payloadBytes: payload.length,
  };
  const out = args.optional('out');
  if (out === undefined) {
    output.picture(drawMatrix(matrix, terminal));
    output.document(about);
    return;
  }
  writePicture(out, matrix, args.whole('module-px', { min: 1, max: 64 }));
  output.document({ ...about, path: resolve(out) });
  output.line(fill(output.catalogue.texts['matrix.written'], { path: resolve(out), ...about }));
}

async function decode({ output, signal }: CommandContext, args: CommandArgs): Promise<void> {
  const { pictureFiles, readPicture } = await import('../matrix/read-pictures.ts');
  const { texts } = output.catalogue;
  const paths = pictureFiles(args.many('path'));
  const unread: string[] = [];
  let lastReason = texts['matrix.no_files'];
  for (const path of paths) {
    // Reading never waits: without a turn of its own, Ctrl-C would not be heard before the last file.
    await turn();
    if (signal.aborted) throw new Failure('INTERRUPTED');
    const reading = readPicture(path);
    output.event({ type: 'picture', ...reading });
    if (reading.ok) {
      output.line(paths.length === 1 ? reading.payload : `${path}: ${reading.payload}`);
      continue;
    }
    unread.push(path);
    lastReason = reasonWords(texts, reading.reason);
    if (paths.length > 1) output.line(`${path}: ${lastReason}`);
  }
  const [first] = unread;
  if (paths.length === 0 || (first !== undefined && paths.length === 1)) {
    throw new Failure('PICTURE_UNREADABLE', {
      path: first ?? args.many('path').join(', '),
      reason: lastReason,
    });
  }
  if (first !== undefined) {
    const path = fill(texts['matrix.some'], { unread: unread.length, total: paths.length });
    throw new Failure('PICTURE_UNREADABLE', { path, reason: texts['matrix.see_lines'] });
  }
  output.event({ type: 'result', ok: true, read: paths.length });
}
