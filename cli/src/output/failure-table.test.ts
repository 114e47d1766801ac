import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPERATOR_ERRORS } from '@chiavetta/provisioning';
import { STORE_FAILURES } from '@chiavetta/validator';
import { describe, expect, test } from 'vitest';
import { en } from '../i18n/en.ts';
import { EXIT_CODES, exitCodeOf, isFailureId } from './failure-table.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** The control socket of a virtual token has ids of its own, which no person sees. */
const PACKAGES = ['validator', 'provisioning', 'cli'];
/** How sources name an id that reaches a person: thrown, refused, answered. */
const ID_PATTERNS = [
  /new Failure\(\s*'([A-Z][A-Z_]+)'/gu,
  /\brefuse\(\s*'([A-Z][A-Z_]+)'/gu,
  /new ListenError\(\s*'([A-Z][A-Z_]+)'/gu,
  /storeError\(\s*'([A-Z][A-Z_]+)'/gu,
  /\bid: '([A-Z][A-Z_]{3,})'/gu,
  /\bcode: '((?:STORE|KEY|DATA|AUTHORITY|ADDRESS|FIRST|QUEUE)_[A-Z_]+)'/gu,
];

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /(?<!\.test)\.tsx?$/u.test(entry.name) ? [path] : [];
  });
}

function idsInSources(): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const path of PACKAGES.flatMap((name) => sources(join(root, name, 'src')))) {
    const text = readFileSync(path, 'utf8');
    for (const pattern of ID_PATTERNS) {
      for (const [, id] of text.matchAll(pattern)) if (id !== undefined) ids.add(id);
    }
  }
  return ids;
}

describe('the table of failures', () => {
  test('has the exit code of every error that the ceremony can end with', () => {
    const ids = Object.entries(OPERATOR_ERRORS);
    expect(ids.length).toBeGreaterThan(20);
    for (const [id, { exit }] of ids) expect([id, exitCodeOf(id)]).toEqual([id, exit]);
  });

  test('knows every way in which a store can fail', () => {
    expect(STORE_FAILURES.filter((id) => !isFailureId(id))).toEqual([]);
  });

  test('says of a store what its error brings with it, so that the guide and the program use the same words', () => {
    for (const id of STORE_FAILURES) {
      const { what, safe, next } = en.failures[id];
      expect(what, id).toContain('{reason}');
      expect(`${what}${safe}${next}`.match(/\{(?!reason\})\w+\}/gu), id).toBeNull();
    }
  });

  test('knows every id that any source uses', () => {
    const used = [...idsInSources()];
    expect(used.length).toBeGreaterThan(25);
    expect(used.filter((id) => !isFailureId(id))).toEqual([]);
  });

  test('says an unknown id to be our own fault', () => {
    expect(exitCodeOf('NO_SUCH_ID')).toBe(1);
    expect(exitCodeOf('toString')).toBe(1);
  });

  test('keeps the tens apart: 10 port, 20 link, 30 trust, 40 state, 50 interrupted, 60 server, 70 batch', () => {
    const known = new Set([1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 60, 70, 130]);
    expect(Object.values(EXIT_CODES).filter((exit) => !known.has(exit))).toEqual([]);
  });

  test('has three sentences for every id, none of them a stack or a bare word', () => {
    for (const id of Object.keys(EXIT_CODES).filter(isFailureId)) {
      const { what, safe, next } = en.failures[id];
      expect(what.length, id).toBeGreaterThan(5);
      expect(next.length, id).toBeGreaterThan(5);
      if (id !== 'UNKNOWN_ERROR_ID') expect(safe, id).not.toBe('');
    }
  });
});
