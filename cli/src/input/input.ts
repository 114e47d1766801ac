import { fstatSync } from 'node:fs';
import { confirm as askConfirm, input as askInput, password as askPassword } from '@inquirer/prompts';
import { Failure } from '../output/failure.ts';
import type { LineReader } from './line-reader.ts';
import { pipeLines, terminalLines } from './line-reader.ts';

/** How a command asks a person, or reads what a script sends. Secrets come only this way, never from argv or the environment. */
export interface Input {
  readonly interactive: boolean;
  /** Whether somebody may type or send lines: false behind /dev/null, as in the background. */
  readonly hasLines: boolean;
  /** A secret, without echo; from the next line of stdin under `--stdin`. */
  secret(question: string): Promise<string>;
  /** A plain answer; from the next line of stdin under `--stdin`. */
  text(question: string): Promise<string>;
  /** Yes or no; without a terminal this is refused (`--yes` answers beforehand). */
  confirm(question: string): Promise<boolean>;
  /** The next line that is typed or sent, for a command that takes orders; `undefined` at the end. */
  nextLine(): Promise<string | undefined>;
  close(): void;
}

export type InputOptions = {
  readonly stdin: NodeJS.ReadStream;
  readonly words: NodeJS.WriteStream;
  /** Answers come as lines of stdin, one a question. */
  readonly fromLines: boolean;
  readonly signal: AbortSignal;
};

export function createInput({ stdin, words, fromLines, signal }: InputOptions): Input {
  const interactive = stdin.isTTY === true && !fromLines;
  let reader: LineReader | undefined;
  const lines = (): LineReader => {
    reader ??= interactive ? terminalLines(stdin) : pipeLines(stdin);
    return reader;
  };
  const context = { input: stdin, output: words, signal, clearPromptOnDone: false };
  const ask = async (question: string, prompt: () => Promise<string>): Promise<string> => {
    if (!interactive && !fromLines && reader === undefined) throw new Failure('NOT_A_TERMINAL', { question });
    if (interactive) {
      // A prompt wants the terminal for itself; the reader of lines comes back when the next one is asked for.
      reader?.close();
      reader = undefined;
      return prompt();
    }
    const line = await lines().next();
    if (line === undefined) throw new Failure('NOT_A_TERMINAL', { question });
    return line;
  };
  return {
    interactive,
    hasLines: interactive || isFed(stdin),
    secret: (question) => ask(question, () => askPassword({ message: question, mask: '*' }, context)),
    text: (question) => ask(question, () => askInput({ message: question }, context)),
    confirm: async (question) => {
      if (!interactive) throw new Failure('NOT_A_TERMINAL', { question });
      return askConfirm({ message: question, default: false }, context);
    },
    nextLine: () => lines().next(),
    close: () => reader?.close(),
  };
}

/** A pipe, a socket or a file; not the null device. */
function isFed(stdin: NodeJS.ReadStream): boolean {
  if (!('fd' in stdin) || typeof stdin.fd !== 'number') return true;
  return !fstatSync(stdin.fd).isCharacterDevice();
}
