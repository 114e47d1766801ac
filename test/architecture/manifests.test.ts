import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PACKAGE_FOLDERS } from './source-file.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function manifestOf(folder: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../${folder}/package.json`, import.meta.url), 'utf8'));
}

test('the root manifest lists every package folder and is never published', () => {
  expect(manifestOf('.')).toMatchObject({ workspaces: [...PACKAGE_FOLDERS], private: true });
});

describe.each(PACKAGE_FOLDERS)('the manifest of %s', (folder) => {
  test('carries the version, the Node range, the module type and the licence of the project', () => {
    expect(manifestOf(folder)).toMatchObject({
      version: '0.1.0',
      type: 'module',
      engines: { node: '>=20.19' },
      license: 'Apache-2.0',
    });
  });

  test('comes with the full licence text', () => {
    const licence = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8');
    if (folder === 'bench') return;
    expect(readFileSync(new URL(`../../${folder}/LICENSE`, import.meta.url), 'utf8')).toBe(licence);
  });

  test('keeps tests out of what is published', () => {
    if (folder === 'bench') expect(manifestOf(folder)).toMatchObject({ private: true });
    else expect(JSON.stringify(manifestOf(folder))).toMatch(/"files":\[[^\]]*"![^"]*\*\*\/\*\.test\.ts"/);
  });
});

test('the command is linked by npm ci before anything is built: its file is part of the sources, and executable', () => {
  const { bin }: { readonly bin: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(new URL('../../cli/package.json', import.meta.url), 'utf8'),
  );
  const path = `cli/${bin['chiavetta']}`;
  const listed = execFileSync('git', ['ls-files', '--stage', '--', path], { cwd: root, encoding: 'utf8' });
  expect(listed).toMatch(/^100755 /u);
});

test('the lockfile names the builds of every platform, without which npm ci refuses it', () => {
  const lock = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const { packages }: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } =
    JSON.parse(lock);
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  const paths = Object.keys(packages);
  expect(wanted.length).toBeGreaterThan(20);
  expect(wanted.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
});
