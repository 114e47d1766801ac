import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { homeFrom, validatorDirectory } from '../home.ts';
import { en } from '../i18n/en.ts';
import type { Finding } from './checks.ts';
import { examine } from './checks.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chiavetta-doctor-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function look(
  change: { readonly nodeVersion?: string; readonly validatorUrl?: string } = {},
): Promise<readonly Finding[]> {
  return examine({
    home: homeFrom({ CHIAVETTA_HOME: root }),
    texts: en.texts,
    nodeVersion: process.version,
    validatorUrl: undefined,
    signal: new AbortController().signal,
    ...change,
  });
}

const attention = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ ok, check, next }) => (ok ? [] : [`${check}: ${next}`]));

test('a machine on which everything is there needs no attention', async () => {
  const findings = await look();
  expect(findings.length).toBeGreaterThanOrEqual(6);
  expect(attention(findings)).toEqual([]);
});

test('an old Node is named', async () => {
  for (const nodeVersion of ['v18.20.0', 'v20.18.3']) {
    expect(attention(await look({ nodeVersion }))).toEqual([`Node: ${en.texts['doctor.node_next']}`]);
  }
  for (const nodeVersion of ['v20.19.0', 'v24.0.0']) {
    expect(attention(await look({ nodeVersion }))).toEqual([]);
  }
});

test.skipIf(process.platform === 'win32')(
  'a key that others can read comes with the line that closes it',
  async () => {
    const keys = join(validatorDirectory(homeFrom({ CHIAVETTA_HOME: root })), 'keys');
    mkdirSync(keys, { recursive: true, mode: 0o700 });
    const key = join(keys, 'kek.key');
    writeFileSync(key, 'x', { mode: 0o600 });
    expect(attention(await look())).toEqual([]);
    chmodSync(key, 0o640);
    expect(attention(await look())).toEqual([`${en.texts['doctor.places']}: chmod 600 "${key}"`]);
  },
);

test('a validator that does not answer is named', async () => {
  const findings = attention(await look({ validatorUrl: 'http://127.0.0.1:9' }));
  expect(findings).toEqual([`validator: ${en.texts['doctor.validator_next']}`]);
});
