import { constants, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';

/** A program that opens a device node and changes none of its settings: what it sees is what our end set up. */
export interface RawHost {
  readonly write: (bytes: Uint8Array) => void;
  /** The next bytes, at least so many. */
  readonly read: (byteCount: number) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** Opens a device node for reading and writing. */
export function rawHost(path: string): RawHost {
  const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  const input = new ReadStream(fd);
  let bytes: number[] = [];
  let waiting: { readonly byteCount: number; readonly resolve: (bytes: Uint8Array) => void } | undefined;

  function serve(): void {
    if (waiting === undefined || bytes.length < waiting.byteCount) return;
    const { resolve } = waiting;
    waiting = undefined;
    resolve(Uint8Array.from(bytes));
    bytes = [];
  }

  input.on('data', (chunk: Uint8Array) => {
    bytes.push(...chunk);
    serve();
  });
  input.on('error', () => undefined);
  return {
    write: (sent) => {
      writeSync(fd, sent);
    },
    read: async (byteCount) =>
      new Promise((resolve) => {
        waiting = { byteCount, resolve };
        serve();
      }),
    close: async () => {
      await new Promise<void>((resolve) => {
        input.once('close', () => resolve());
        input.destroy();
      });
    },
  };
}
