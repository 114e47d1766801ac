import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the root manifest lists every workspace', () => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(manifest).toMatchObject({
    workspaces: ['protocol', 'firmware-sim', 'validator', 'provisioning', 'cli', 'test', 'bench'],
  });
});
