import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tableBelow } from './spec-table.ts';
import { testTitles, titlesIn } from './test-titles.ts';

const ROOT = new URL('../../', import.meta.url);
const ROWS = 62;
const STATES = ['shown', 'partly', 'not yet'];
/** How a row says that something is missing. */
const MISSING = /\bnot built yet\b|\bno test yet\b|\bcannot be prevented\b/iu;
const CITED = /\[“([^”]+)”\]\(\.\.\/([^)]+)\)/gu;

const text = readFileSync(new URL('docs/threat-model.md', ROOT), 'utf8');
const actors = tableBelow(text, 'Actors').map(([letter]) => letter);
const rows = tableBelow(text, 'Attacks and faults').map((cells) => {
  const [number = '', who = '', attack = '', defence = '', state = '', tests = '', ...more] = cells;
  const cited = [...tests.matchAll(CITED)].map(([, title = '', path = '']) => ({ title, path }));
  return { number, who, attack, defence, state, tests, cited, more };
});
const counts = STATES.map((state) => `${rows.filter((row) => row.state === state).length} ${state}`).join(
  ', ',
);

describe(`docs/threat-model.md (${counts})`, () => {
  test('has each of its 62 rows once, in order, and with known actors', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: ROWS }, (_, at) => `${at + 1}`));
    for (const { number, who, attack, defence, more } of rows) {
      expect([number, ...who.split(', ').filter((letter) => !actors.includes(letter))]).toEqual([number]);
      expect([number, attack.length > 10, defence.length > 10, more.length]).toEqual([number, true, true, 0]);
    }
    expect(new Set(rows.map(({ attack }) => attack)).size).toBe(ROWS);
  });

  test.each(rows)('cites tests that exist: $number $attack', ({ tests, cited }) => {
    for (const { title, path } of cited) {
      expect(existsSync(new URL(path, ROOT)), path).toBe(true);
      const found = testTitles(path).filter((one) => one.includes(title));
      expect(found, `${path}: ${title}`).toHaveLength(1);
    }
    // Nothing stands in the cell that this test does not read.
    expect(tests.replaceAll(CITED, '').replaceAll('<br>', '')).toBe(cited.length === 0 ? 'none' : '');
  });

  test.each(rows)('says what is missing, and only then: $number $attack', ({ state, defence, cited }) => {
    expect(STATES).toContain(state);
    expect(MISSING.test(defence)).toBe(state !== 'shown');
    expect(cited.length > 0).toBe(state !== 'not yet');
  });

  test('says how many rows are shown', () => {
    expect(text).toContain(`Today: ${counts}.`);
    console.log(`threat model: ${counts}`);
  });
});

describe('the titles of a test file', () => {
  test('are those of tests that run, also of tables and templates, and of nothing else', () => {
    const source = [
      `test('one', () => {}); it.each([1])('two %i', () => {}); test(\`three \${COUNT} times\`, {}, () => {});`,
      "it.skip('off', () => {}); test.todo('later'); test.skipIf(true)('never', () => {});",
      "describe('a group', () => {}); say('words'); // test('a remark')",
    ].join('\n');
    expect(titlesIn('some.test.ts', source)).toEqual(['one', 'two %i', 'three … times']);
  });
});
