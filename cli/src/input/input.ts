import { confirm as askConfirm, input as askInput, password as askPassword } from '@inquirer/prompts';
import { Failure } from '../output/failure.ts';

/** How a command asks a person, or reads what a script sends. Secrets come only this way, never from argv or the environment. */
export interface Input {
  readonly interactive: boolean;
  /** A secret, without echo; from the next line of stdin under `--stdin`. */
  secret(question: string): Promise<string>;
  /** A plain answer; from the next line of stdin under `--stdin`. */
  text(question: string): Promise<string>;
  /** Yes or no; without a terminal this is refused (`--yes` answers beforehand). */
  confirm(question: string): Promise<boolean>;
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
  const lines = fromLines ? lineReader(stdin) : undefined;
  const context = { input: stdin, output: words, signal, clearPromptOnDone: false };
  const ask = async (question: string, prompt: () => Promise<string>): Promise<string> => {
    if (lines !== undefined) return lines.next(question);
    if (!interactive) throw new Failure('NOT_A_TERMINAL', { question });
    return prompt();
  };
  return {
    interactive,
    secret: (question) => ask(question, () => askPassword({ message: question, mask: '*' }, context)),
    text: (question) => ask(question, () => askInput({ message: question }, context)),
    confirm: async (question) => {
      if (!interactive) throw new Failure('NOT_A_TERMINAL', { question });
      return askConfirm({ message: question, default: false }, context);
    },
    close: () => lines?.close(),
  };
}

type LineReader = { next(question: string): Promise<string>; close(): void };

/** The lines of stdin, one at a time, whatever the chunks are. */
function lineReader(stdin: NodeJS.ReadStream): LineReader {
  let buffered = '';
  const iterator = stdin.setEncoding('utf8')[Symbol.asyncIterator]();
  return {
    next: async (question) => {
      for (;;) {
        const end = buffered.indexOf('\n');
        if (end >= 0) {
          const line = buffered.slice(0, end).replace(/\r$/u, '');
          buffered = buffered.slice(end + 1);
          return line;
        }
        if (buffered.length > LINE_CHARACTERS_MAX)
          throw new Failure('USAGE', { sentence: 'A line of standard input is too long.' });
        const chunk = await iterator.next();
        if (chunk.done === true) {
          if (buffered !== '') {
            const rest = buffered;
            buffered = '';
            return rest;
          }
          throw new Failure('NOT_A_TERMINAL', { question });
        }
        buffered += String(chunk.value);
      }
    },
    close: () => stdin.destroy(),
  };
}

const LINE_CHARACTERS_MAX = 4096;
