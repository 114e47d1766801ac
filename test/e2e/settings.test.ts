import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProgramAtHome } from './chiavetta-program.ts';
import { jsonLinesOf, programAtHome } from './chiavetta-program.ts';

let at: ProgramAtHome;
beforeEach(() => {
  at = programAtHome();
});
afterEach(() => at.close());

/** Writes the settings file that is looked for, or one of another name. */
function settings(value: unknown, path = join(at.home, 'config', 'config.json')): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
  return path;
}

async function paths(words: readonly string[] = []): Promise<Readonly<Record<string, unknown>>> {
  const ended = await at.run(['config', 'path', '--json', ...words]);
  expect([ended.status, ended.stderr]).toEqual([0, '']);
  return jsonLinesOf(ended.stdout)[0] ?? {};
}

test('config path shows the settings file, whether it is there, and what it sets', async () => {
  const path = join(at.home, 'config', 'config.json');
  expect(await paths()).toMatchObject({ settingsFile: { path, exists: false }, server: null });
  expect((await at.run(['config', 'path'])).stdout).toContain(`${path} (not there)`);
  settings({ server: 'http://in-the-file:1/', data: '/srv/bank' });
  expect(await paths()).toMatchObject({
    settingsFile: { path, exists: true, valid: true },
    server: 'http://in-the-file:1',
    validator: '/srv/bank',
  });
  const other = settings({ server: 'http://in-another:2' }, join(at.home, 'other.json'));
  expect(await paths(['--config', other])).toMatchObject({
    settingsFile: { path: other, exists: true },
    server: 'http://in-another:2',
    validator: join(at.home, 'data', 'validator'),
  });
});

test('the option comes before the environment, and the environment before the file', async () => {
  const inEnvironment = programAtHome({ CHIAVETTA_SERVER: 'http://127.0.0.1:2' });
  try {
    const file = settings({ server: 'http://127.0.0.1:3' });
    const words = ['operator', 'login', 'clerk', '--stdin', '--config', file];
    const fromFile = await at.run(words, ['x']);
    const fromEnvironment = await inEnvironment.run(words, ['x']);
    const typed = await inEnvironment.run([...words, '--server', 'http://127.0.0.1:1'], ['x']);
    for (const [ended, port] of [
      [fromFile, 3],
      [fromEnvironment, 2],
      [typed, 1],
    ] as const) {
      expect([ended.status, ended.stderr]).toEqual([
        60,
        expect.stringContaining(`http://127.0.0.1:${port} `),
      ]);
    }
  } finally {
    await inEnvironment.close();
  }
});

test('a file that is not valid stops every command with the key, the file and the reason', async () => {
  const path = settings({ prot: 7840 });
  const ended = await at.run(['token', 'list', '--json']);
  expect(ended.status).toBe(2);
  const what = `The setting prot in ${path} is not valid: there is no such setting; there are server, lang, logLevel, port, data.`;
  expect(jsonLinesOf(ended.stdout)).toMatchObject([{ ok: false, error: { id: 'CONFIG_INVALID', what } }]);
  settings({ port: '7840' });
  const quoted = await at.run(['serve', '--dev']);
  expect([quoted.status, quoted.stdout]).toEqual([2, '']);
  expect(quoted.stderr).toContain(
    `The setting port in ${path} is not valid: it is a whole number from 0 to 65535`,
  );
  const absent = await at.run(['token', 'list', '--config', join(at.home, 'absent.json')]);
  expect([absent.status, absent.stderr]).toEqual([2, expect.stringMatching(/^FILE_NOT_FOUND: /u)]);
});

test('what helps to correct the file works all the same', async () => {
  const path = settings('no object');
  expect(await paths()).toMatchObject({ settingsFile: { path, exists: true, valid: false } });
  expect((await at.run(['config', 'path'])).stdout).toContain(`${path} (not valid)`);
  const explained = await at.run(['error', 'CONFIG_INVALID']);
  expect([explained.status, explained.stdout]).toEqual([
    0,
    expect.stringMatching(/^The setting <name> in <origin>/u),
  ]);
});

test('serve takes its port, its folder and how much it logs from the file; options come first', async () => {
  const data = join(at.home, 'bank');
  settings({ port: 0, data, logLevel: 'error' });
  const log = join(at.home, 'serve.log');
  const lines = async (words: readonly string[]): Promise<readonly unknown[]> => {
    const serve = at.start(['serve', '--dev', '--json', '--log-file', log, ...words]);
    const started = JSON.parse(await serve.until(/"listening"/u));
    expect(started).toMatchObject({ dataDirectory: data, url: expect.not.stringMatching(/:7840$/u) });
    expect((await at.run(['operator', 'login', 'clerk', '--stdin'], ['wrong'])).status).toBe(4);
    serve.signal('SIGTERM');
    expect((await serve.ended).status).toBe(0);
    const text = readFileSync(log, 'utf8').trim();
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line));
  };
  expect(await lines([])).toEqual([]);
  const typed = await lines(['--log-level', 'info']);
  expect(typed).toContainEqual(expect.objectContaining({ level: 'info', msg: 'answered' }));
}, 60_000);

test('the language changes no id, no JSON and no exit status, and one that is not there is said so', async () => {
  const italian = programAtHome({ LC_ALL: 'it_IT.UTF-8', LANG: 'de_DE.UTF-8' });
  try {
    const words = ['error', 'IN_DOUBT', '--json'];
    const [here, there] = [await at.run([...words, '--lang', 'en']), await italian.run(words)];
    expect(there).toEqual(here);
    expect(here.status).toBe(0);
    const refused = await italian.run(['error', 'IN_DOUBT', '--lang', 'xx']);
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('Allowed choices are en');
  } finally {
    await italian.close();
  }
});
