import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandArgs } from '../command.ts';
import type { Home } from '../home.ts';
import { homeFrom } from '../home.ts';
import { keepOperatorSession, readOperatorSession, staffClient } from './operator-session.ts';
import { announceValidator, runningValidator, validatorUrl } from './running-validator.ts';

let root = '';
let home: Home;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chiavetta-home-'));
  home = homeFrom({ CHIAVETTA_HOME: root });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const note = {
  v: 1,
  url: 'http://127.0.0.1:4444',
  pid: process.pid,
  dataDirectory: '/data',
  dev: true,
} as const;

function args(server?: string): CommandArgs {
  return {
    text: () => '',
    optional: (name) => (name === 'server' ? server : undefined),
    many: () => [],
    flag: () => false,
    whole: () => undefined,
  };
}

test('the option comes before the environment, that before the file, and that before the validator that runs here', () => {
  const file = { path: '/config.json', exists: true };
  const settings = { file, values: {} };
  const inFile = { file, values: { server: 'http://from-file:3' } };
  const context = { home, env: { CHIAVETTA_SERVER: 'http://from-env:1' }, settings: inFile };
  // Nobody has left a note: the default address is asked, and only who asks may say that it does not answer.
  expect(validatorUrl({ home, env: {}, settings }, args())).toBe('http://127.0.0.1:7840');
  announceValidator(home, note);
  expect(validatorUrl({ home, env: {}, settings }, args())).toBe(note.url);
  expect(validatorUrl({ home, env: {}, settings: inFile }, args())).toBe('http://from-file:3');
  expect(validatorUrl(context, args())).toBe('http://from-env:1');
  expect(validatorUrl(context, args('https://named:2/path'))).toBe('https://named:2');
  expect(() => validatorUrl(context, args('ftp://named'))).toThrow('CONFIG_INVALID');
  expect(() => validatorUrl(context, args('not a url'))).toThrow('CONFIG_INVALID');
});

test('the validator that runs first keeps its note, whatever a second one does', () => {
  const first = { ...note, pid: process.ppid };
  expect(announceValidator(home, first)).toBeTypeOf('function');
  expect(announceValidator(home, note)).toBeUndefined();
  expect(runningValidator(home)).toEqual(first);
});

test('a validator that stops takes away its own note and no other', () => {
  const withdraw = announceValidator(home, note);
  const path = join(home.run, 'validator.json');
  writeFileSync(path, JSON.stringify({ ...note, pid: process.ppid }));
  withdraw?.();
  expect(runningValidator(home)?.pid).toBe(process.ppid);
  writeFileSync(path, JSON.stringify(note));
  withdraw?.();
  expect(existsSync(path)).toBe(false);
});

test('the note of a process that is gone counts for nothing, and the next validator takes its place', () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version']);
  announceValidator(home, { ...note, pid: gone });
  expect(runningValidator(home)).toBeUndefined();
  expect(announceValidator(home, note)).toBeTypeOf('function');
  expect(runningValidator(home)).toEqual(note);
});

test('a session is kept for its owner alone and opens only the validator that gave it', () => {
  const session = { v: 1, url: note.url, token: 't', name: 'anna', role: 'clerk' } as const;
  keepOperatorSession(home, session);
  expect(statSync(join(home.state, 'operator.json')).mode & 0o777).toBe(0o600);
  expect(readOperatorSession(home)).toEqual(session);
  const unused = (): never => {
    throw new Error('not asked for here');
  };
  const context = {
    home,
    env: {},
    settings: { file: { path: '', exists: false }, values: {} },
    get output() {
      return unused();
    },
    get input() {
      return unused();
    },
    signal: new AbortController().signal,
    yes: false,
    terminal: undefined,
  };
  expect(staffClient(context, args(note.url)).bearer).toBe('t');
  expect(() => staffClient(context, args('http://127.0.0.1:4445'))).toThrow('SIGN_IN');
});
