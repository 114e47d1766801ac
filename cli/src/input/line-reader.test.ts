import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { pipeLines } from './line-reader.ts';

async function allLines(stream: PassThrough): Promise<readonly string[]> {
  const reader = pipeLines(stream);
  const lines: string[] = [];
  for (let line = await reader.next(); line !== undefined; line = await reader.next()) lines.push(line);
  return lines;
}

test('gives the same lines whatever the chunks are', async () => {
  const text = 'press ok\r\ntype\n\n12345\nquit';
  for (const chunkCharacters of [1, 2, 3, 7, 100]) {
    const stream = new PassThrough();
    for (let at = 0; at < text.length; at += chunkCharacters) {
      stream.write(text.slice(at, at + chunkCharacters));
    }
    stream.end();
    expect(await allLines(stream)).toEqual(['press ok', 'type', '', '12345', 'quit']);
  }
});

test('says undefined for ever after the end', async () => {
  const stream = new PassThrough();
  stream.end('one\n');
  const reader = pipeLines(stream);
  expect(await reader.next()).toBe('one');
  expect(await reader.next()).toBeUndefined();
  expect(await reader.next()).toBeUndefined();
});

test('ends, and does not fail, when it is closed while somebody waits for a line', async () => {
  const stream = new PassThrough();
  const reader = pipeLines(stream);
  const waiting = reader.next();
  reader.close();
  expect(await waiting).toBeUndefined();
});

test('refuses a line without an end before it fills the memory', async () => {
  const stream = new PassThrough();
  stream.write('x'.repeat(5_000));
  await expect(pipeLines(stream).next()).rejects.toMatchObject({ id: 'USAGE' });
});
