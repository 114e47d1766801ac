import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { demoListed } from '../e2e/demo-listed.ts';
import { readSpec } from './spec-document.ts';
import { testTitles, titlesIn } from './test-titles.ts';

/** A promise of docs/spec/systems.md: `* **S1.4** At the portal ...`. */
const SENTENCE = /^\* \*\*(S\d+\.\d+)\*\* /gmu;
const NUMBER = /\bS\d+\.\d+\b/gu;

const spec = readSpec('systems.md');
const sentences = [...spec.matchAll(SENTENCE)].map(([, number = '']) => number);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** The numbers that stand in titles of tests that always run, anywhere in the project. */
function numbersInTitles(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const folder of ['protocol', 'firmware-sim', 'validator', 'provisioning', 'cli', 'test']) {
    const names = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((one) => /(?<!(?:node_modules|dist).*)\.test\.tsx?$/u.test(one))) {
      for (const number of numbersOf(testTitles(`${folder}/${name}`))) found.add(number);
    }
  }
  return found;
}

function numbersOf(titles: readonly string[]): readonly string[] {
  return titles.flatMap((title) => title.match(NUMBER) ?? []);
}

describe('the sentences of the three systems', () => {
  let steps: Awaited<ReturnType<typeof demoListed>>;
  beforeAll(async () => {
    steps = await demoListed();
  });

  test('are numbered without gaps, each once', () => {
    for (const system of ['S1', 'S2', 'S3']) {
      const own = sentences.filter((number) => number.startsWith(`${system}.`));
      expect(own.length, system).toBeGreaterThan(10);
      expect(own).toEqual(own.map((_number, index) => `${system}.${index + 1}`));
    }
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  test('have a step of the demo or a test that names them', () => {
    const carried = new Set(steps.flatMap((step) => step.sentences));
    const titles = numbersInTitles();
    expect(sentences.filter((number) => !carried.has(number) && !titles.has(number))).toEqual([]);
  });

  test('count only where a test that always runs names them', () => {
    const sources = [
      "test('S1.1 runs', () => {});",
      "test.skip('S1.2 is skipped', () => {});",
      "it.todo('S1.3 is planned');",
      "// test('S1.4 is commented out', () => {});",
      "describe.skip('all of these', () => { test('S1.5 is inside', () => {}); });",
    ];
    expect(numbersOf(titlesIn('some.test.ts', sources.join('\n')))).toEqual(['S1.1']);
  });

  test('are the only ones that steps of the demo name', () => {
    expect(steps.flatMap((step) => step.sentences).filter((number) => !sentences.includes(number))).toEqual(
      [],
    );
  });
});

describe('the steps of the demo', () => {
  test('need only steps that come before them', async () => {
    const steps = await demoListed();
    const seen: string[] = [];
    for (const { id, needs } of steps) {
      expect(
        needs.filter((need) => !seen.includes(need)),
        id,
      ).toEqual([]);
      expect(seen, id).not.toContain(id);
      seen.push(id);
    }
  });
});
