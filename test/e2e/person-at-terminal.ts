import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';

/** A person at a terminal of their own: types keys, reads the screen. Nothing is piped. */
export interface PersonAtTerminal {
  readonly pid: number;
  /** Types a line and presses Enter. */
  type(line: string): void;
  /** Presses keys as they are, Ctrl-C for example. */
  press(keys: string): void;
  /**
   * Reads on until the pattern stands on the screen, from where the last reading ended; gives its groups.
   *
   * @throws Error with all that was seen when the program ends first
   */
  read(pattern: RegExp): Promise<readonly string[]>;
  /** All that was seen so far, without colours. */
  seen(): string;
  /** Exit status, or 128 and the number of the signal that ended it. */
  readonly ended: Promise<number>;
  kill(): void;
}

/** What a shell adds to the number of the signal that ended a program. */
const SIGNAL_STATUS = 128;

/** Sits a person down at a program. */
export function personAt(
  command: readonly [program: string, ...words: string[]],
  options: { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string },
): PersonAtTerminal {
  const [program, ...words] = command;
  const terminal = spawn(program, words, {
    name: 'xterm-256color',
    cols: 120,
    rows: 40,
    cwd: options.cwd,
    // The binding would write "undefined" for a variable that is not set.
    env: Object.fromEntries(Object.entries(options.env).filter(([, value]) => value !== undefined)),
  });
  let raw = '';
  let readTo = 0;
  let isOver = false;
  let wake: () => void = () => undefined;
  terminal.onData((text) => {
    raw += text;
    wake();
  });
  const ended = new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      isOver = true;
      wake();
      resolve(signal === undefined || signal === 0 ? exitCode : SIGNAL_STATUS + signal);
    });
  });
  const seen = (): string => stripVTControlCharacters(raw).replaceAll('\r', '');
  return {
    pid: terminal.pid,
    type: (line) => terminal.write(`${line}\r`),
    press: (keys) => terminal.write(keys),
    seen,
    ended,
    kill: () => {
      if (!isOver) terminal.kill('SIGKILL');
    },
    read: async (pattern) => {
      for (;;) {
        const found = pattern.exec(seen().slice(readTo));
        if (found !== null) {
          readTo += found.index + found[0].length;
          return found.slice(1);
        }
        if (isOver) throw new Error(`${command.join(' ')} ended before ${pattern}:\n${seen()}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
