import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

const ROOT = new URL('../../', import.meta.url);

/**
 * The titles of the tests that a file declares and that always run, as they stand in its source; in a template, what is
 * filled in stands as "…". `path` is relative to the repository.
 */
export function testTitles(path: string): readonly string[] {
  return titlesIn(path, readFileSync(new URL(path, ROOT), 'utf8'));
}

/** The same for a source that is at hand. */
export function titlesIn(path: string, source: string): readonly string[] {
  const titles: string[] = [];
  collect(parseSync(path, source).program, titles);
  return titles;
}

function collect(value: unknown, titles: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && value.type === 'CallExpression' && 'callee' in value && 'arguments' in value) {
    const names = namesOf(value.callee);
    const [title] = Array.isArray(value.arguments) ? value.arguments.map(textOf) : [];
    const runs = !names.some((name) => /^(skip|skipIf|runIf|todo|fails)$/.test(name));
    // What stands in a group that may be skipped may be skipped with it.
    if (/^(describe|suite)$/.test(names[0] ?? '') && !runs) return;
    if (/^(test|it)$/.test(names[0] ?? '') && title !== undefined && runs) titles.push(title);
  }
  for (const part of Object.values(value)) collect(part, titles);
}

/** `test.each(rows)(...)` is called by "test", "each". */
function namesOf(callee: unknown): readonly string[] {
  if (typeof callee !== 'object' || callee === null) return [];
  if ('object' in callee && 'property' in callee)
    return [...namesOf(callee.object), ...namesOf(callee.property)];
  if ('callee' in callee) return namesOf(callee.callee);
  return 'name' in callee && typeof callee.name === 'string' ? [callee.name] : [];
}

function textOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  if ('value' in argument && typeof argument.value === 'string') return argument.value;
  if (!('quasis' in argument) || !Array.isArray(argument.quasis)) return undefined;
  return argument.quasis.map(cookedOf).join('…');
}

function cookedOf(quasi: unknown): string {
  if (typeof quasi !== 'object' || quasi === null || !('value' in quasi)) return '';
  const { value } = quasi;
  if (typeof value !== 'object' || value === null || !('cooked' in value)) return '';
  return String(value.cooked);
}
