import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program, as a person has it after `npm ci`. */
export const PROGRAM: string = fileURLToPath(import.meta.resolve('@chiavetta/cli/package.json')).replace(
  /package\.json$/u,
  'dist/main.js',
);

/** What a run of the program left behind. */
export type Ended = {
  /** Exit status, or the signal that ended it. */
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
};

/** The program with a home of its own. */
export interface ProgramAtHome {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs one command to its end. Without `lines`, standard input is the null device. */
  run(words: readonly string[], lines?: readonly string[]): Promise<Ended>;
  /** Starts a command that goes on. */
  start(words: readonly string[]): RunningProgram;
  /** Ends what still runs and removes the home. */
  close(): Promise<void>;
}

/** A command that goes on. */
export interface RunningProgram {
  readonly pid: number;
  /** Sends one line to its standard input. */
  send(line: string): void;
  endInput(): void;
  /** The first line of standard output from here on that the pattern fits. Fails when the program ends first. */
  until(pattern: RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** A fresh home in the folder for temporary files, and what else the environment says. */
export function programAtHome(also: Readonly<Record<string, string>> = {}): ProgramAtHome {
  const home = mkdtempSync(join(tmpdir(), 'chv-'));
  const env = { ...process.env, CHIAVETTA_HOME: home, CHIAVETTA_SERVER: undefined, NO_COLOR: '1', ...also };
  const running = new Set<RunningProgram>();
  const start = (words: readonly string[]): RunningProgram => {
    const program = startProgram(words, env);
    running.add(program);
    void program.ended.then(() => running.delete(program));
    return program;
  };
  return {
    home,
    env,
    start,
    run: async (words, lines) => {
      const program = start(words);
      for (const line of lines ?? []) program.send(line);
      program.endInput();
      return await program.ended;
    },
    close: async () => {
      for (const program of [...running]) {
        program.signal('SIGKILL');
        await program.ended;
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function startProgram(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): RunningProgram {
  const child = spawn(process.execPath, [PROGRAM, ...words], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  const lines: string[] = [];
  let seen = 0;
  let rest = '';
  let wake: () => void = () => undefined;
  let isOver = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
    const pieces = (rest + chunk).split('\n');
    rest = pieces.pop() ?? '';
    lines.push(...pieces);
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  // A program that is over does not read any more.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      isOver = true;
      wake();
      resolve({ status: code ?? signal ?? 'unknown', ...text });
    });
  });
  return {
    pid: child.pid ?? 0,
    send: (line) => void child.stdin.write(`${line}\n`),
    endInput: () => void child.stdin.end(),
    signal: (name) => void child.kill(name),
    ended,
    until: async (pattern) => {
      for (;;) {
        for (; seen < lines.length; seen += 1) {
          const line = lines[seen] ?? '';
          if (pattern.test(line)) {
            seen += 1;
            return line;
          }
        }
        if (isOver)
          throw new Error(`${words.join(' ')} ended before ${pattern}:\n${text.stdout}\n${text.stderr}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** The objects of an NDJSON output; no output, a line that is none, or one without a version fails the test. */
export function jsonLinesOf(stdout: string, stderr = ''): readonly Readonly<Record<string, unknown>>[] {
  if (stdout === '') throw new Error(`nothing on standard output; on standard error: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const value: Readonly<Record<string, unknown>> = JSON.parse(line);
      if (typeof value['v'] !== 'number') throw new Error(`a line without a version: ${line}`);
      return value;
    });
}
