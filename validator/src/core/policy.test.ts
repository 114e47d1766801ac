import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from './policy.ts';
import { SECRET_KINDS } from './secret-places.ts';

const spec = readFileSync(new URL('../../../docs/spec/validation.md', import.meta.url), 'utf8');

/** Every number of a nested object as `group.name`. */
function numbers(value: object, path = ''): readonly (readonly [string, number])[] {
  return Object.entries(value).flatMap(([name, part]) =>
    typeof part === 'number' ? [[`${path}${name}`, part] as const] : numbers(part, `${path}${name}.`),
  );
}

describe('docs/spec/validation.md', () => {
  test('says every number of the policy as it is', () => {
    const rows = [...spec.matchAll(/^\| `([a-zA-Z]+(?:\.[a-zA-Z0-9]+)?)` \| (\d+) \|/gm)];
    const told = new Map(rows.map((row) => [row[1] ?? '', Number(row[2])]));
    for (const [name, value] of numbers(DEFAULT_POLICY))
      expect([name, told.get(name)]).toEqual([name, value]);
  });

  test('has a row for every kind of sealed secret', () => {
    const section = spec.slice(spec.indexOf('## Secrets at rest'), spec.indexOf('## Codes'));
    const kinds = [...section.matchAll(/^\| (\d+) \|/gm)].map((row) => Number(row[1]));
    expect(kinds).toEqual(Object.values(SECRET_KINDS));
  });
});
