import type { CommandSpec } from './command.ts';
import { allCommands } from './commands/all-commands.ts';
import { homeFrom } from './home.ts';
import { CATALOGUES, LANGUAGES } from './i18n/languages.ts';
import { createInput } from './input/input.ts';
import { Failure, usageFailure } from './output/failure.ts';
import { failureFrom } from './output/failure-from.ts';
import { createOutput } from './output/output.ts';
import { terminalOf } from './output/terminal.ts';
import { CommanderError, createProgram } from './program.ts';
import { chosenLanguage } from './settings/chosen-language.ts';
import { readSettings, readSettingsOrNone } from './settings/read-settings.ts';
import { versionText } from './version-text.ts';

export type CliProcess = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
};

/** Runs one command and gives the exit status. Nothing gets past it: a failure is three sentences, never a stack. */
export async function runCli({ argv, env, stdin, stdout, stderr }: CliProcess): Promise<number> {
  const stop = new AbortController();
  let stoppedBy: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    stoppedBy ??= signal;
    stop.abort();
  };
  for (const signal of STOP_SIGNALS) process.once(signal, onSignal);
  stopWithParent(() => stop.abort());
  stdout.on('error', quietOnBrokenPipe);
  stderr.on('error', quietOnBrokenPipe);
  const streams = { data: stdout, words: stderr };
  // Help and usage errors come before any option is read: their language is that of the environment.
  const catalogue = CATALOGUES[chosenLanguage(LANGUAGES, { env })];
  const early = createOutput({ json: argv.includes('--json'), quiet: false, catalogue, streams });
  const specs: readonly CommandSpec[] = allCommands;
  const program = createProgram({
    specs,
    catalogue,
    version: versionText(),
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    runner: async (spec, args, globals) => {
      const { json, quiet, yes, lang, config } = globals;
      const home = homeFrom(env);
      const read = spec.withBrokenSettings === true ? readSettingsOrNone : readSettings;
      const settings = read(home, config);
      const wishes = { typed: lang, env, inFile: settings.values.lang };
      const chosen = CATALOGUES[chosenLanguage(LANGUAGES, wishes)];
      const output = createOutput({ json, quiet, catalogue: chosen, streams });
      const input = createInput({ stdin, words: stderr, fromLines: globals.stdin, signal: stop.signal });
      try {
        const terminal = json || globals.plain ? undefined : terminalOf(stdout, env);
        const { signal } = stop;
        const context = { output, input, home, settings, signal, env, yes, terminal };
        await spec.run(context, args);
      } finally {
        input.close();
      }
    },
  });
  try {
    // Alone it says what there is; a word that is no command is told so, with the nearest one.
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
    // Whoever runs it as a service stops it with SIGTERM: a command that then ended in order is no failure.
    return stoppedBy === 'SIGINT' ? 130 : 0;
  } catch (error) {
    return endWith(error, stop.signal, early);
  } finally {
    for (const signal of STOP_SIGNALS) process.removeListener(signal, onSignal);
  }
}

/** A program that started this one with a channel to it and is gone leaves nobody who could stop it. */
function stopWithParent(stop: () => void): void {
  if (process.channel === undefined) return;
  process.once('disconnect', stop);
  // Listening must not keep a command alive that has ended.
  process.channel.unref();
}

const STOP_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function endWith(error: unknown, signal: AbortSignal, output: ReturnType<typeof createOutput>): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Commander has printed its sentence; programs get the same as JSON.
    if (output.json) output.failure(usageFailure(usageSentence(error)));
    return 2;
  }
  // The one thing that whoever stops a command must still be told.
  const inDoubt = error instanceof Failure && error.id === 'IN_DOUBT';
  if ((signal.aborted && !inDoubt) || isPromptStop(error)) return 130;
  if (isBrokenPipe(error)) return 0;
  return output.failure(failureFrom(error));
}

/** Commander's words as a sentence; a noun without a verb only makes it print the help, and its words are none then. */
function usageSentence({ code, message }: CommanderError): string {
  return code === 'commander.help' ? 'A verb is missing after this word.' : message.replace(/^error: /u, '');
}

/** The prompt library says Ctrl-C with an error of this name. */
function isPromptStop(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError');
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'EIO');
}

/** A reader that went away (`| head`, a closed terminal) ends the command quietly. */
function quietOnBrokenPipe(error: Error): void {
  if (isBrokenPipe(error)) process.exit(0);
  throw error;
}
