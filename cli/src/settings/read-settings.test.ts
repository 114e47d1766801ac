import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Home } from '../home.ts';
import { homeFrom } from '../home.ts';
import { readSettings, settingsIn } from './read-settings.ts';
import { validatorData } from './validator-data.ts';

let root = '';
let home: Home;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chiavetta-settings-'));
  home = homeFrom({ CHIAVETTA_HOME: root });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('the file is optional, and one that was named must be there', () => {
  const path = join(root, 'config', 'config.json');
  expect(readSettings(home, undefined)).toEqual({ file: { path, exists: false }, values: {} });
  expect(() => readSettings(home, join(root, 'other.json'))).toThrow('FILE_NOT_FOUND');
  mkdirSync(home.config, { recursive: true });
  writeFileSync(path, '{"port":4000}');
  expect(readSettings(home, undefined)).toEqual({ file: { path, exists: true }, values: { port: 4000 } });
  writeFileSync(join(root, 'other.json'), '{}');
  expect(readSettings(home, join(root, 'other.json'))).toMatchObject({ values: {} });
  expect(() => readSettings(home, root)).toThrow('FILE_UNREADABLE');
});

test('reads each setting', () => {
  const all = { server: 'https://bank:1', lang: 'en', logLevel: 'debug', port: 0, data: '/srv/bank' };
  expect(settingsIn(JSON.stringify(all), 'f')).toEqual(all);
});

test('names the key, the file and the reason of what is not valid, and never the value', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['colour', 'blue-7777'],
    ['__proto__', { port: 1 }],
    ['toString', 'x'],
    ['server', 'ftp://user:blue-7777@bank'],
    ['server', 7],
    ['lang', 'xx'],
    ['logLevel', 'loud'],
    ['port', '7840'],
    ['port', -1],
    ['port', 65_536],
    ['port', 1.5],
    ['data', 'relative/blue-7777'],
    ['data', null],
  ];
  for (const [name, value] of wrong) {
    const text = `{${JSON.stringify(name)}:${JSON.stringify(value)}}`;
    try {
      settingsIn(text, '/c/config.json');
      expect.unreachable(text);
    } catch (error) {
      expect(error).toMatchObject({
        id: 'CONFIG_INVALID',
        fields: { name, origin: '/c/config.json', reason: expect.stringMatching(/ .+\.$/u) },
      });
      expect(JSON.stringify(error)).not.toContain('blue-7777');
    }
  }
});

test('what is no JSON object is a file that cannot be read', () => {
  for (const text of ['', '{', '7', 'null', '[]', '"port"']) {
    expect(() => settingsIn(text, 'f')).toThrowError(
      expect.objectContaining({ id: 'FILE_UNREADABLE', fields: expect.objectContaining({ path: 'f' }) }),
    );
  }
});

test('the data directory is the one of the option, then of the file, then of the user', () => {
  const settings = (data?: string) => ({
    file: { path: 'f', exists: true },
    values: data === undefined ? {} : { data },
  });
  const args = (data?: string) => ({ optional: (name: string) => (name === 'data' ? data : undefined) });
  expect(validatorData({ home, settings: settings('/file') }, args('/typed'))).toBe('/typed');
  expect(validatorData({ home, settings: settings('/file') }, args())).toBe('/file');
  expect(validatorData({ home, settings: settings() }, args())).toBe(join(root, 'data', 'validator'));
});
