import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DemoCheckFailed } from '../check.ts';

/** A process of this program that the demo started. */
export interface DemoChild {
  readonly pid: number;
  /** Lets it end by itself, and ends it if it does not. May be called twice. */
  readonly stop: () => Promise<void>;
  /** Ends it at once, without waiting. */
  readonly kill: () => void;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** A line of NDJSON that a child printed. */
export type ChildEvent = Readonly<Record<string, unknown>>;

const READY_MS_MAX = 30_000;
const STOP_MS_MAX = 10_000;

/**
 * Starts this program again with other words and waits until it reports `readyType`. The channel to it closes when
 * this process ends, however it ends: the child then stops too. It has a group of its own, so that Ctrl-C reaches only
 * this process, which then ends its children in order.
 */
export async function startChild(options: {
  readonly name: string;
  readonly program: readonly [command: string, ...first: string[]];
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  /** Whether this line says that it is ready. */
  readonly isReady: (event: ChildEvent) => boolean;
  /** Called before it is ready: from here on somebody has to end it. */
  readonly onStarted: (child: DemoChild) => void;
}): Promise<DemoChild> {
  const { name, program, words, env, logFile, isReady, onStarted } = options;
  const [command, ...first] = program;
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(command, [...first, ...words], {
    stdio: ['pipe', 'pipe', log, 'ipc'],
    detached: true,
    env: { ...env },
  });
  closeSync(log);
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    child.once('error', (error) => resolve(error.message));
  });
  const running = runningChild(child, ended);
  onStarted(running);
  let last: ChildEvent = {};
  const ready = new Promise<void>((resolve) => {
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = jsonLine(line);
      if (event === undefined) return;
      last = event;
      if (isReady(event)) resolve();
    });
  });
  let limit: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      ready,
      ended.then((how) => {
        throw new DemoCheckFailed(`${name} starts; it ended with ${how} ${saidLast(last)}`);
      }),
      new Promise((_resolve, reject) => {
        limit = setTimeout(() => reject(new DemoCheckFailed(`${name} is ready in time`)), READY_MS_MAX);
      }),
    ]);
  } catch (error) {
    running.kill();
    throw error;
  } finally {
    clearTimeout(limit);
  }
  return running;
}

/** What a command says last when it fails: the id and what happened. */
function saidLast(event: ChildEvent): string {
  const { error } = { error: undefined, ...event };
  const isTold = typeof error === 'object' && error !== null;
  const { id, what } = { id: undefined, what: undefined, ...(isTold ? error : {}) };
  return `(${typeof id === 'string' ? id : 'nothing said'}) ${typeof what === 'string' ? what : ''}`.trim();
}

function runningChild(child: ChildProcess, ended: Promise<number | string>): DemoChild {
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const kill = (): void => {
    if (!isOver()) child.kill('SIGKILL');
  };
  return {
    pid: child.pid ?? 0,
    ended,
    kill,
    stop: async () => {
      if (!isOver()) child.kill('SIGTERM');
      const limit = setTimeout(kill, STOP_MS_MAX);
      await ended;
      clearTimeout(limit);
    },
  };
}

function jsonLine(line: string): ChildEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
