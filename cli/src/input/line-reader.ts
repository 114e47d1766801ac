import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { usageFailure } from '../output/failure.ts';

/** The lines of a stream, one at a time. */
export interface LineReader {
  /** `undefined` at the end, for ever after. */
  next(): Promise<string | undefined>;
  close(): void;
}

/** Longest line in characters: longer than any answer, short enough to keep. */
const LINE_CHARACTERS_MAX = 4096;

/** The lines of a pipe, whatever its chunks are. Closing ends the stream: nothing else reads it. */
export function pipeLines(stdin: Readable): LineReader {
  let buffered = '';
  let isOver = false;
  let chunks: AsyncIterator<unknown> | undefined;
  const more = async (): Promise<void> => {
    chunks ??= stdin.setEncoding('utf8')[Symbol.asyncIterator]();
    // A stream that is closed while it is waited for ends like any other.
    const chunk = await chunks.next().catch(() => ({ done: true, value: undefined }));
    if (chunk.done === true) isOver = true;
    else buffered += String(chunk.value);
  };
  return {
    next: async () => {
      for (;;) {
        const end = buffered.indexOf('\n');
        if (end >= 0) {
          const line = buffered.slice(0, end).replace(/\r$/u, '');
          buffered = buffered.slice(end + 1);
          return line;
        }
        if (buffered.length > LINE_CHARACTERS_MAX)
          throw usageFailure('A line of standard input is too long.');
        if (isOver) {
          const rest = buffered;
          buffered = '';
          return rest === '' ? undefined : rest;
        }
        await more();
      }
    },
    close: () => {
      stdin.destroy();
    },
  };
}

/** The lines typed at a terminal, with the terminal's own line editing. Closing leaves the terminal to others. */
export function terminalLines(stdin: Readable): LineReader {
  const waiting: string[] = [];
  let isOver = false;
  let wake: () => void = () => undefined;
  const typed = createInterface({ input: stdin, terminal: false });
  typed.on('line', (line) => {
    waiting.push(line);
    wake();
  });
  typed.on('close', () => {
    isOver = true;
    wake();
  });
  return {
    next: async () => {
      while (waiting.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return waiting.shift();
    },
    close: () => {
      typed.close();
      stdin.pause();
    },
  };
}
