import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../run-cli.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chiavetta-typed-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs a command in an empty home, where nobody is signed in and no validator is known. */
async function failing(
  ...words: readonly string[]
): Promise<{ readonly exit: number; readonly said: string }> {
  const said: string[] = [];
  const { stdin, stdout, stderr } = process;
  const write = (text: string): boolean => said.push(text) > 0;
  const taken = (stream: NodeJS.WriteStream): NodeJS.WriteStream =>
    Object.assign(Object.create(stream), { write, on: () => stream });
  const env = { CHIAVETTA_HOME: root };
  const before = process.listeners('disconnect');
  const exit = await runCli({ argv: words, env, stdin, stdout: taken(stdout), stderr: taken(stderr) });
  // A program of its own ends here; this one goes on, and still listens to whoever runs the tests.
  for (const each of process.listeners('disconnect'))
    if (!before.includes(each)) process.removeListener('disconnect', each);
  process.channel?.ref();
  return { exit, said: said.join('') };
}

test.each([
  [['token', 'status', 'abc']],
  [['token', 'bind', 'abc', '--customer', '48213377']],
  [['token', 'bind', '1042', '--customer', '123']],
  [['token', 'replace', '1042', '--with', 'abc']],
  [['token', 'unlock', '0']],
  [['token', 'block', 'abc', '--reason', 'lost']],
  [['customer', 'show', '123']],
  [['customer', 'block', 'Maria', '--reason', 'lost']],
  [['customer', 'add', '--name', 'Maria', '--email', 'notmail']],
  [['customer', 'add', '--name', 'Maria', '--email', 'm@example.org', '--birth-date', '31.12.80']],
  [['device', 'provision', '--serial', 'abc']],
  [['portal', 'block', '--device', 'abc']],
] as const)('%j is told at once to be mistyped, before anybody has to sign in', async (words) => {
  const { exit, said } = await failing(...words);
  expect(said).toMatch(/^USAGE: /u);
  expect(exit).toBe(2);
});

test('what is typed right goes on to whoever has to sign in', async () => {
  for (const words of [
    ['token', 'status', '1042'],
    ['customer', 'show', '4821-3377'],
    ['customer', 'show', 'c0123456789abcdef'],
  ]) {
    expect((await failing(...words)).said).toMatch(/^SIGN_IN: /u);
  }
});

test('an audit log is not looked for where no validator ever was', async () => {
  const { said } = await failing('audit', 'verify');
  expect(said).toMatch(/^STORE_MISSING: There is no data of a validator there/u);
  expect(said).toContain(join(root, 'data', 'validator', 'store.db'));
});

test('a backup never takes the place of a file', async () => {
  const file = join(root, 'copy.db');
  writeFileSync(file, 'kept');
  const { exit, said } = await failing('store', 'backup', file);
  expect(said).toMatch(/^FILE_NOT_WRITTEN: /u);
  expect(exit).toBe(2);
});

test('a noun alone is told that its verb is missing, with one to try', async () => {
  const { exit, said } = await failing('token');
  expect(said).toContain('A verb is missing after "token"');
  expect(said).toContain('chiavetta token list');
  expect(exit).toBe(2);
  const help = await failing('token', '--help');
  expect(help.said).toMatch(/Example:\n {2}chiavetta token list\n$/u);
  expect(help.said).not.toContain('is missing');
  expect(help.exit).toBe(0);
});
