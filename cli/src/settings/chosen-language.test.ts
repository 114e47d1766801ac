import { expect, test } from 'vitest';
import { chosenLanguage } from './chosen-language.ts';

const KNOWN = ['en', 'it', 'de'] as const;

test('the option comes before the environment, and that before the file', () => {
  const env = { LANG: 'it_IT.UTF-8' };
  expect(chosenLanguage(KNOWN, { typed: 'de', env, inFile: 'en' })).toBe('de');
  expect(chosenLanguage(KNOWN, { env, inFile: 'de' })).toBe('it');
  expect(chosenLanguage(KNOWN, { env: {}, inFile: 'de' })).toBe('de');
});

test('LC_ALL counts instead of LANG where it is set, whatever it says', () => {
  expect(chosenLanguage(KNOWN, { env: { LC_ALL: 'de_AT@euro', LANG: 'it_IT' } })).toBe('de');
  expect(chosenLanguage(KNOWN, { env: { LC_ALL: '', LANG: 'it' } })).toBe('it');
  expect(chosenLanguage(KNOWN, { env: { LC_ALL: 'C.UTF-8', LANG: 'it_IT' } })).toBe('en');
});

test('a locale that is not known leaves it to the file, and nothing known falls back to the first language', () => {
  expect(chosenLanguage(KNOWN, { env: { LANG: 'C.UTF-8' }, inFile: 'it' })).toBe('it');
  for (const LANG of [undefined, '', 'fr_FR.UTF-8', 'POSIX', 'italian', '__proto__']) {
    expect(chosenLanguage(KNOWN, { env: { LANG } })).toBe('en');
  }
});
