import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readInputFile } from './input-file.ts';

test('a file is read as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chiavetta-input-'));
  try {
    writeFileSync(join(folder, 'file'), Uint8Array.of(0, 255, 10));
    expect(readInputFile(join(folder, 'file'))).toEqual(Uint8Array.of(0, 255, 10));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ['/nonexistent/file', 'FILE_NOT_FOUND'],
  [tmpdir(), 'FILE_UNREADABLE'],
  // A device never ends: reading it would take all the memory there is.
  ['/dev/zero', 'FILE_UNREADABLE'],
])('%s is refused at once', (path, id) => {
  expect(() => readInputFile(path)).toThrow(expect.objectContaining({ id }));
});
