import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReplayResult } from '@chiavetta/firmware-sim/runtime';
import type { CommandArgs, CommandContext, CommandSpec } from '../command.ts';
import { fill } from '../i18n/fill.ts';
import { Failure } from '../output/failure.ts';

/** Recorded runs of tokens. */
export const traceCommands: readonly CommandSpec[] = [
  {
    path: ['trace', 'replay'],
    group: 'develop',
    args: ['<file>'],
    options: [{ flags: '--secrets <file>' }],
    example: 'chiavetta trace replay run.ndjson',
    run: replay,
  },
];

async function replay({ output, signal }: CommandContext, args: CommandArgs): Promise<void> {
  const { replayTraceSteps } = await import('@chiavetta/firmware-sim/runtime');
  const { readTraceFile, readTraceSecrets } = await import('../trace/trace-file.ts');
  const path = args.text('file');
  const lines = readTraceFile(path);
  const secretsPath = args.optional('secrets') ?? `${path}.secrets`;
  const replayed = await driven(replayTraceSteps(lines, readTraceSecrets(secretsPath)), signal);
  if (replayed.ok) {
    const { steps } = replayed.value;
    output.document({ ok: true, steps });
    output.line(fill(output.catalogue.texts['trace.same'], { steps }));
    return;
  }
  const { error } = replayed;
  switch (error.code) {
    case 'diverged':
      throw new Failure('TRACE_DIVERGED', { step: error.firstDivergingStep });
    case 'missing_secret':
      throw new Failure('FILE_UNREADABLE', { path: secretsPath, reason: `it lacks "${error.secret}"` });
    case 'bad_line':
      throw new Failure('FILE_UNREADABLE', {
        path,
        reason: `line ${error.lineIndex + 1} is no line of a trace`,
      });
    default:
      throw new Failure('FILE_UNREADABLE', { path, reason: 'it names no device that is known here' });
  }
}

/** Steps that run before Ctrl-C is listened for: some milliseconds of work. */
const STEPS_IN_A_TURN = 64;

/** Runs the steps and lets go now and then, so that a long trace can be stopped. @throws Failure INTERRUPTED */
async function driven(steps: Generator<number, ReplayResult>, signal: AbortSignal): Promise<ReplayResult> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    if (next.value % STEPS_IN_A_TURN === 0) await nextTurn();
    if (signal.aborted) throw new Failure('INTERRUPTED');
  }
}
