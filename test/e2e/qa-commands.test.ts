import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProgramAtHome } from './chiavetta-program.ts';
import { jsonLinesOf, programAtHome } from './chiavetta-program.ts';
import { doubleAcceptProxy } from './double-accept-proxy.ts';

const PLANTED = fileURLToPath(new URL('../dist/kit/testing/planted-double-accept.js', import.meta.url));
/** Enrolments and shrinking over HTTP take their time on a machine that is busy with other tests. */
const HTTP_MS = 180_000;
const SEVERAL_LET_IN = /what happened: (\d+) of \d+ callers .* were let in/u;

let at: ProgramAtHome;
beforeAll(() => {
  at = programAtHome();
});
afterAll(async () => {
  await at.close();
});

/** The words after `chiavetta` of the one replay line in an output. */
function replayWords(stdout: string): readonly string[] {
  const lines = stdout.split('\n').filter((line) => line.trim().startsWith('chiavetta qa replay '));
  expect(lines).toHaveLength(1);
  const words = lines[0]?.trim().match(/'[^']*'|\S+/gu) ?? [];
  return words.slice(1).map((word) => word.replace(/^'|'$/gu, ''));
}

/** The numbered commands of a report. */
function commandsIn(stdout: string): readonly string[] {
  return stdout.split('\n').filter((line) => /^ +\d+\. /u.test(line));
}

describe('qa run', () => {
  test('asks three laws in this process, says so as NDJSON, and writes a page', async () => {
    const page = join(at.home, 'laws.html');
    const { status, stdout, stderr } = await at.run([
      'qa',
      'run',
      '--seed',
      '5',
      '--runs',
      '10',
      '--json',
      '--html',
      page,
    ]);
    expect([status, stderr]).toEqual([0, '']);
    const lines = jsonLinesOf(stdout);
    expect(lines.map(({ type, law, outcome }) => [type, law, outcome])).toEqual([
      ['law', 'one-session', 'held'],
      ['law', 'no-return', 'held'],
      ['law', 'no-oracle', 'held'],
      ['result', undefined, undefined],
    ]);
    expect(lines.at(-1)).toMatchObject({ ok: true, target: 'in-process', seed: 5 });
    expect(readFileSync(page, 'utf8')).toContain('<td>held</td>');
  });

  test('goes red on a planted double accept, and the line that it prints breaks the law again', async () => {
    const asked = ['qa', 'run', '--target', PLANTED, '--law', 'one-session'];
    const red = await at.run([...asked, '--seed', '42', '--runs', '50']);
    expect(red.status).toBe(3);
    expect(red.stderr).toMatch(/^LAW_FAILED: /u);
    expect(red.stdout).toMatch(SEVERAL_LET_IN);
    expect(red.stdout).toContain('seed 42, path ');
    expect(commandsIn(red.stdout).length).toBeGreaterThan(0);
    const again = await at.run(replayWords(red.stdout));
    expect(again.status).toBe(3);
    expect(again.stdout).toMatch(SEVERAL_LET_IN);
    expect(commandsIn(again.stdout)).toEqual(commandsIn(red.stdout));

    const words = replayWords(red.stdout).map((word) => (word === PLANTED ? 'in-process' : word));
    const sound = await at.run(words);
    expect([sound.status, sound.stdout.slice(0, 4)]).toEqual([0, 'held']);
  });

  test('says what is wrong with what was typed', async () => {
    const wrong = [
      [['qa', 'run', '--max-time', 'soon'], 2, /max-time/u],
      [['qa', 'run', '--law', 'gravity'], 2, /gravity/u],
      [['qa', 'run', '--runs', '0'], 2, /runs/u],
      [['qa', 'replay', '--target', 'in-process'], 2, /required option/u],
      [
        ['qa', 'replay', '--target', 'in-process', '--law', 'no-return', '--seed', '1', '--path', 'x'],
        2,
        /path/u,
      ],
      [['qa', 'run', '--target', 'nowhere.js'], 60, /nowhere\.js/u],
    ] as const;
    for (const [words, status, says] of wrong) {
      const ended = await at.run(words);
      expect([words, ended.status]).toEqual([words, status]);
      expect(ended.stderr).toMatch(says);
      expect(ended.stderr).not.toMatch(/^\s+at /mu);
    }
  });
});

describe('qa run over HTTP', () => {
  let url = '';
  let passwords: readonly string[] = [];
  beforeAll(async () => {
    const serve = at.start(['serve', '--dev', '--port', '0', '--json']);
    const started = JSON.parse(await serve.until(/"listening"/u));
    url = started.url;
    passwords = started.firstPeople.operators.map(({ password }: { password: string }) => password);
  }, HTTP_MS);

  test(
    'enrols real virtual fobs at a running validator, which keeps every law',
    async () => {
      const words = ['qa', 'run', '--target', url, '--seed', '7', '--runs', '2', '--json', '--stdin'];
      const { status, stdout, stderr } = await at.run(words, passwords);
      expect([status, stdout, stderr]).toEqual([0, expect.any(String), '']);
      expect(jsonLinesOf(stdout).map(({ outcome }) => outcome)).toEqual(['held', 'held', 'held', undefined]);
      for (const password of passwords) expect(stdout + stderr).not.toContain(password);
    },
    HTTP_MS,
  );

  test(
    'goes red when something before it lets two callers in, and so does the printed line',
    async () => {
      const proxy = await doubleAcceptProxy(url);
      try {
        const words = ['qa', 'run', '--target', proxy.url, '--law', 'one-session', '--seed', '3'];
        const red = await at.run([...words, '--runs', '10', '--stdin'], passwords);
        expect([red.status, red.stderr]).toEqual([3, expect.stringContaining('LAW_FAILED')]);
        expect(red.stdout).toMatch(SEVERAL_LET_IN);
        const again = await at.run([...replayWords(red.stdout), '--stdin'], passwords);
        expect(again.status).toBe(3);
        expect(commandsIn(again.stdout)).toEqual(commandsIn(red.stdout));
      } finally {
        await proxy.close();
      }
    },
    HTTP_MS,
  );

  test(
    'says so when nobody answers, or a password is wrong',
    async () => {
      const silent = await at.run(['qa', 'run', '--target', 'http://127.0.0.1:9', '--stdin'], passwords);
      expect([silent.status, silent.stderr]).toEqual([60, expect.stringContaining('does not answer')]);
      const stranger = await at.run(['qa', 'run', '--target', url, '--stdin'], ['wrong', 'wrong']);
      expect([stranger.status, stranger.stderr]).toEqual([60, expect.stringContaining('TARGET_UNUSABLE')]);
    },
    HTTP_MS,
  );
});
