import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProgramAtHome, RunningProgram } from './chiavetta-program.ts';
import { jsonLinesOf, programAtHome } from './chiavetta-program.ts';
import { demoListed } from './demo-listed.ts';

const MINUTES = 60_000;

type Line = Readonly<Record<string, unknown>>;

let at: ProgramAtHome;
beforeEach(() => {
  at = programAtHome();
});
afterEach(async () => {
  await at.close();
});

/** The ids of the steps that ran to their end. */
function passed(lines: readonly Line[]): readonly unknown[] {
  return lines.flatMap((line) => (line['type'] === 'step' && line['state'] === 'passed' ? [line['id']] : []));
}

describe('the demo', { timeout: 3 * MINUTES }, () => {
  test(
    'plays the whole main job, twice at the same time, and leaves nothing behind',
    async () => {
      const forPrograms = at.start(['demo', '--json']);
      const forPeople = at.start(['demo']);
      const [json, text] = [await forPrograms.ended, await forPeople.ended];

      const ids = (await demoListed()).map(({ id }) => id);
      const lines = jsonLinesOf(json.stdout);
      expect(json.status, json.stderr).toBe(0);
      expect(passed(lines)).toEqual(ids);
      expect(lines.at(-1)).toMatchObject({ type: 'result', ok: true, steps: ids.length, failed: 0 });

      expect(text.status, text.stderr).toBe(0);
      const read = text.stdout.trim().split('\n');
      expect(read.at(-1)).toBe(`main job: ${ids.length} steps, 0 failed`);
      expect(read.length).toBeLessThanOrEqual(150);
      for (const line of read) expect(line).not.toMatch(/[{}]/u);

      const folders = [String(lines[0]?.['folder']), /\((.*)\)/u.exec(read[0] ?? '')?.[1] ?? ''];
      expect(new Set(folders).size).toBe(2);
      expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
    },
    6 * MINUTES,
  );

  test('lists its steps without doing anything', async () => {
    const steps = await demoListed();
    expect(steps.length).toBeGreaterThan(30);
    const { stdout, status } = await at.run(['demo', '--list']);
    expect(status).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => line.split(/ +/u)[0])).toEqual(steps.map(({ id }) => id));
  });

  test('plays one part with what it needs, and nothing else', async () => {
    const { stdout, status } = await at.run(['demo', '--only', 'S1.3', '--json']);
    expect(status).toBe(0);
    const ids = ['start', 'tokens', 'staff', 'contract', 'fob-provision', 'fob-bind'];
    expect(passed(jsonLinesOf(stdout))).toEqual(ids);
  });

  test('says how steps are named when nothing has the name', async () => {
    const { status, stderr, stdout } = await at.run(['demo', '--only', 'S9']);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('demo --list');
  });

  test('keeps logs, mails, pictures and traces where it is told, in a folder of its own each time', async () => {
    const data = `${at.home}/a place with blanks`;
    const { stdout, status } = await at.run(['demo', '--only', 'contract', '--data', data, '--json']);
    expect(status).toBe(0);
    const folder = String(jsonLinesOf(stdout)[0]?.['folder']);
    expect(folder.startsWith(`${data}/chiavetta-demo-`)).toBe(true);
    for (const name of ['logs/validator.ndjson', 'home/data/validator/outbox', 'pictures']) {
      expect(existsSync(`${folder}/${name}`), name).toBe(true);
    }
  });

  test('refuses a folder below which no socket could stand, before anything is made', async () => {
    const data = `${at.home}/${'long'.repeat(20)}`;
    const { status, stderr } = await at.run(['demo', '--data', data]);
    expect([status, existsSync(data)]).toEqual([2, false]);
    expect(stderr).toContain('too long');
  });

  test('a step that fails names itself, and the run ends with a failure', async () => {
    const demo = at.start(['demo', '--json']);
    // What nobody can provision: a fob whose process was ended from outside while the clerk signs in.
    process.kill(await pidIn(demo, /"key":"tokens.running".*"name":"fob"/u), 'SIGKILL');
    const { status, stdout, stderr } = await demo.ended;
    expect(status, stderr).toBe(3);
    const lines = jsonLinesOf(stdout);
    expect(lines.filter(({ state }) => state === 'failed')).toMatchObject([{ id: 'fob-provision' }]);
    expect(lines.at(-1)).toMatchObject({ type: 'result', ok: false, error: { id: 'DEMO_FAILED' } });
    expect(existsSync(String(lines[0]?.['folder']))).toBe(false);
  });
});

async function pidIn(demo: RunningProgram, pattern: RegExp): Promise<number> {
  const line: { readonly fields: { readonly pid: number } } = JSON.parse(await demo.until(pattern));
  return line.fields.pid;
}
