import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { PtyLine } from './pty-line.ts';
import { waitingOutput } from './pty-line.ts';

const START_TIMEOUT_MS = 5_000;

/**
 * Opens a pseudo-terminal with the program socat as a child process.
 *
 * @throws Error when socat is not there or does not say its terminal's name in time.
 */
export async function openSocatPty(): Promise<PtyLine> {
  const child = spawn('socat', ['-d', '-d', 'pty,raw,echo=0', 'stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const path = await new Promise<string>((resolve, reject) => {
    let said = '';
    const tooLate = setTimeout(() => {
      child.kill();
      reject(new Error('socat did not open a terminal in time'));
    }, START_TIMEOUT_MS);
    child.once('error', (error) => {
      clearTimeout(tooLate);
      reject(error);
    });
    child.stderr.on('data', (text: Uint8Array) => {
      if (said.length < 4_096) said += new TextDecoder().decode(text);
      const found = /PTY is (\S+)/.exec(said)?.[1];
      // socat names its terminal before it has made it raw; only the second line says that it is ready.
      if (found === undefined || !said.includes('starting data transfer loop')) return;
      clearTimeout(tooLate);
      resolve(found);
    });
  });
  // Our own hold on the host's side: without it socat would end when the first host closes the line.
  const hold = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  let isOpen = true;
  const dataListeners: ((bytes: Uint8Array) => void)[] = [];
  const output = waitingOutput((bytes) => {
    child.stdin.write(bytes);
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (bytes: Uint8Array) => {
    output.hostSpoke();
    for (const listener of dataListeners) listener(Uint8Array.from(bytes));
  });
  return {
    path,
    through: 'socat',
    onData: (listener) => {
      dataListeners.push(listener);
    },
    write: output.send,
    close: async () => {
      if (isOpen) closeSync(hold);
      isOpen = false;
      child.kill();
      await ended;
    },
  };
}
