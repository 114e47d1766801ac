import { execFileSync } from 'node:child_process';
import { closeSync, write } from 'node:fs';
import { createRequire } from 'node:module';
import { ReadStream } from 'node:tty';
import type { PtyLine } from './pty-line.ts';
import { waitingOutput } from './pty-line.ts';

type NativeTerminal = { readonly master: number; readonly slave: number; readonly pty: string };

const RETRY_AFTER_MS = 5;

/**
 * Opens a pseudo-terminal through the prebuilt binary of @lydell/node-pty. Its `open` alone gives a cooked terminal that
 * echoes; its `UnixTerminal` would also read our end's other side and steal bytes. So the binary is called directly.
 *
 * @throws Error when there is no binary for this platform.
 */
export function openNativePty(): PtyLine {
  const terminal = openTerminal();
  makeRaw(terminal);
  const input = new ReadStream(terminal.master);
  const dataListeners: ((bytes: Uint8Array) => void)[] = [];
  const output = waitingOutput(serialWriter(terminal.master, () => closed));
  let closed = false;
  input.on('data', (bytes: Uint8Array) => {
    output.hostSpoke();
    for (const listener of dataListeners) listener(Uint8Array.from(bytes));
  });
  // The other side went away in the middle of a read: that is an unplugged cable, not a failure of ours.
  input.on('error', () => undefined);

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    const gone = new Promise<void>((resolve) => {
      input.once('close', () => resolve());
    });
    input.destroy();
    // Our own hold on the host's side; it kept the line's settings and its bytes while no host had it open.
    closeSync(terminal.slave);
    await gone;
  }

  return {
    path: terminal.pty,
    through: 'node-pty',
    onData: (listener) => {
      dataListeners.push(listener);
    },
    write: output.send,
    close,
  };
}

function openTerminal(): NativeTerminal {
  const require = createRequire(import.meta.url);
  const loaded: unknown = require('@lydell/node-pty/requireBinary.js');
  const native: unknown = callMethod(loaded, 'requireBinary', ['pty.node']);
  const terminal: unknown = callMethod(native, 'open', [80, 24]);
  if (!isNativeTerminal(terminal)) throw new Error('The terminal library answered something unknown.');
  return terminal;
}

/** The binary has no types of its own: everything that comes from it is checked. */
function callMethod(target: unknown, name: string, args: readonly unknown[]): unknown {
  const method: unknown =
    typeof target === 'object' && target !== null ? Reflect.get(target, name) : undefined;
  if (typeof method !== 'function') throw new Error(`The terminal library has no "${name}".`);
  return Reflect.apply(method, target, [...args]);
}

function isNativeTerminal(value: unknown): value is NativeTerminal {
  if (typeof value !== 'object' || value === null) return false;
  const { master, slave, pty } = { master: undefined, slave: undefined, pty: undefined, ...value };
  return typeof master === 'number' && typeof slave === 'number' && typeof pty === 'string';
}

/** No echo, no line editing, no translation: bytes as they are. */
function makeRaw(terminal: NativeTerminal): void {
  const device = process.platform === 'linux' ? '-F' : '-f';
  try {
    execFileSync('stty', [device, terminal.pty, 'raw', '-echo'], { stdio: 'ignore' });
  } catch {
    // Node's own raw mode leaves the translation of line ends on; every serial library turns that off when it opens.
    new ReadStream(terminal.slave).setRawMode(true).pause();
  }
}

/** Writes one piece after the other; a host that does not read makes it wait and does not block the process. */
function serialWriter(fd: number, isClosed: () => boolean): (bytes: Uint8Array) => void {
  const pieces: Uint8Array[] = [];
  let isWriting = false;

  function pump(): void {
    const piece = pieces[0];
    if (piece === undefined || isClosed()) {
      isWriting = false;
      return;
    }
    isWriting = true;
    write(fd, piece, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(pump, RETRY_AFTER_MS);
        return;
      }
      // Any other error: the line is gone, and with it what was on the way.
      const rest = error === null ? piece.subarray(written) : new Uint8Array(0);
      if (rest.length > 0) pieces[0] = rest;
      else pieces.shift();
      pump();
    });
  }

  return (bytes) => {
    pieces.push(bytes.slice());
    if (!isWriting) pump();
  };
}
