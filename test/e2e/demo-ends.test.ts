import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProgramAtHome, RunningProgram } from './chiavetta-program.ts';
import { PROGRAM, programAtHome } from './chiavetta-program.ts';
import { isAlive, untilOver } from './process-life.ts';

let at: ProgramAtHome;
beforeEach(() => {
  at = programAtHome();
});
afterEach(async () => {
  await at.close();
});

/** A demo in the middle of its work: its folder and its processes. */
async function inTheMiddle(
  demo: RunningProgram,
): Promise<{ readonly folder: string; readonly pids: readonly number[] }> {
  const { folder }: { readonly folder: string } = JSON.parse(await demo.until(/"type":"begin"/u));
  const pids: number[] = [];
  for (const key of ['start.listening', 'tokens.running', 'tokens.running']) {
    const line: { readonly fields: { readonly pid: number } } = JSON.parse(
      await demo.until(new RegExp(`"key":"${key}"`, 'u')),
    );
    pids.push(line.fields.pid);
  }
  await demo.until(/"key":"provision.asked"/u);
  expect(existsSync(folder)).toBe(true);
  expect(pids.map(isAlive)).toEqual([true, true, true]);
  return { folder, pids };
}

// Several processes start in each case, on a machine that may be busy.
const LIMIT = { timeout: 3 * 60_000 };

describe('a demo that somebody ends', LIMIT, () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s leaves no process and no file',
    async (signal) => {
      const demo = at.start(['demo', '--json']);
      const { folder, pids } = await inTheMiddle(demo);
      demo.signal(signal);
      const { status, stderr } = await demo.ended;
      expect([status, stderr]).toEqual([130, '']);
      expect(pids.map(isAlive)).toEqual([false, false, false]);
      expect(existsSync(folder)).toBe(false);
    },
  );

  test('by going away as its reader leaves no process and no file', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'demo'], {
      env: { ...at.env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    const folder = /\((.*)\)/u.exec(String(first.value))?.[1] ?? '';
    expect(existsSync(folder)).toBe(true);
    const over = new Promise((resolve) => child.once('exit', resolve));
    child.stdout.destroy();
    await over;
    expect(existsSync(folder)).toBe(false);
  });

  test('by closing its terminal leaves no process and no file', async () => {
    // The window is a process of its own: ending it closes the terminal as the system does it.
    const window = spawn(process.execPath, ['--input-type=module', '-e', WINDOW, PROGRAM], {
      env: { ...at.env },
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids: number[] = [];
    let folder = '';
    for await (const line of createInterface({ input: window.stdout })) {
      const pid = /^demo (\d+)|process (\d+)/u.exec(line);
      if (pid !== null) pids.push(Number(pid[1] ?? pid[2]));
      folder = /on this machine \((.*)\)/u.exec(line)?.[1] ?? folder;
      if (line.includes('Fob display')) break;
    }
    expect(pids.map(isAlive)).toEqual([true, true, true, true]);
    window.kill('SIGKILL');
    for (const pid of pids) await untilOver(pid);
    expect(existsSync(folder)).toBe(false);
  });

  test('by pulling its plug leaves no process', async () => {
    const demo = at.start(['demo', '--json']);
    const { pids, folder } = await inTheMiddle(demo);
    demo.signal('SIGKILL');
    await demo.ended;
    for (const pid of pids) await untilOver(pid);
    // Nobody was left who could have removed the files: that is all that stays.
    expect(existsSync(folder)).toBe(true);
    rmSync(folder, { recursive: true });
  });
});

const WINDOW = `
  import { spawn } from '@lydell/node-pty';
  const terminal = spawn(process.execPath, [process.argv[1], 'demo'], { cols: 200, rows: 50, env: process.env });
  process.stdout.write('demo ' + terminal.pid + '\\n');
  terminal.onData((text) => process.stdout.write(text));
`;
