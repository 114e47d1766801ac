import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTraceFile, readTraceSecrets } from './trace-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chiavetta-trace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = { v: 1, kind: 'fob', profile: 'fob-hotp', serial: '000000000042' };
const STEP = {
  step: 1,
  atMs: 0,
  event: { tag: 'key.down', key: 'button' },
  effects: 'ab',
  state: 'cd',
  screen: { id: 'off', fields: {} },
};

function written(lines: readonly unknown[]): string {
  const path = join(folder, 'trace.ndjson');
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

test('reads the lines that a recording wrote', () => {
  expect(readTraceFile(written([HEAD, STEP]))).toEqual([HEAD, STEP]);
});

test('refuses a trace of a newer program and names both versions', () => {
  expect(() => readTraceFile(written([{ ...HEAD, v: 2 }, STEP]))).toThrowError(
    expect.objectContaining({
      fields: expect.objectContaining({ reason: 'it has version 2, this program knows 1' }),
    }),
  );
});

test('names the first line that is none of a trace', () => {
  const wrong: readonly unknown[] = [
    7,
    null,
    {},
    { ...STEP, step: 'one' },
    { ...STEP, event: undefined },
    { ...STEP, event: { tag: 'power.on', nvm: 'bytes', element: {}, entropy: {} } },
    { ...STEP, event: { tag: 'uart.rx' } },
    { ...STEP, event: { tag: 'camera.payload', payload: 7 } },
    { ...STEP, event: { tag: 'key.up', key: 7 } },
  ];
  for (const line of wrong) {
    expect(() => readTraceFile(written([HEAD, line]))).toThrowError(
      expect.objectContaining({
        id: 'FILE_UNREADABLE',
        fields: expect.objectContaining({ reason: expect.stringContaining('line 2') }),
      }),
    );
  }
});

test('reads secrets by their names, and says which line is none without repeating it', () => {
  expect(readTraceSecrets(written([{ name: 'a', value: '01' }]))).toEqual({ a: '01' });
  try {
    readTraceSecrets(written([{ name: 'a', value: 7_777 }]));
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ id: 'FILE_UNREADABLE' });
    expect(JSON.stringify(error)).not.toContain('7777');
  }
});

test('says of a file that is not there that it is not there', () => {
  expect(() => readTraceFile(join(folder, 'none'))).toThrowError(
    expect.objectContaining({ id: 'FILE_NOT_FOUND' }),
  );
});
