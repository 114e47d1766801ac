import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listPorts } from './list-ports.ts';

const path = process.env['PATH'];
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chiavetta-path-'));
});
afterEach(() => {
  process.env['PATH'] = path;
  process.seteuid?.(process.getuid?.() ?? 0);
  rmSync(folder, { recursive: true });
});

test('a machine without udev has no ports to list, and that is no failure', async () => {
  process.env['PATH'] = folder;
  expect(await listPorts()).toEqual([]);
});

test('neither is a PATH with a folder that may not be entered', async () => {
  chmodSync(folder, 0o000);
  process.env['PATH'] = folder;
  if (process.getuid?.() === 0) process.seteuid?.(65_534);
  expect(await listPorts()).toEqual([]);
});
