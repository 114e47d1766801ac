import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '@chiavetta/protocol/bytes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drawMatrix, matrixOf, writePicture } from './encode-picture.ts';
import { readPayloadFile } from './payload-file.ts';
import { pictureFiles, readPicture } from './read-pictures.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chiavetta-matrix-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ANY = { version: undefined, level: undefined };
const PAYLOAD = Uint8Array.from({ length: 60 }, (_, index) => (index === 0 ? 0xc1 : index * 7));

test('a picture that was written reads back as the same bytes', () => {
  const path = join(folder, 'a.png');
  for (const wanted of [ANY, { version: 4, level: 'M' }, { version: 2, level: 'Q' }]) {
    writePicture(path, matrixOf(PAYLOAD, wanted), 5);
    expect(readPicture(path)).toMatchObject({ ok: true, payload: toHex(PAYLOAD) });
  }
});

test('draws all rows of a matrix and its quiet zone, two in a line', () => {
  const matrix = matrixOf(PAYLOAD, ANY);
  expect(drawMatrix(matrix, undefined).split('\n')).toHaveLength(Math.ceil((matrix.sizeModules + 8) / 2));
});

test('says what a payload must be like before it draws anything', () => {
  const usage = expect.objectContaining({ id: 'USAGE' });
  expect(() => matrixOf(PAYLOAD.slice(0, 59), ANY)).toThrowError(usage);
  expect(() => matrixOf(new Uint8Array(0), ANY)).toThrowError(usage);
  expect(() => matrixOf(new Uint8Array(60), ANY)).toThrowError(usage);
  expect(() => matrixOf(PAYLOAD, { version: 7, level: 'M' })).toThrowError(usage);
  expect(() => writePicture(join(folder, 'a.bmp'), matrixOf(PAYLOAD, ANY))).toThrowError(usage);
});

test('reads payload files in each of the three ways', () => {
  const path = join(folder, 'payload');
  writeFileSync(path, `${toHex(PAYLOAD).replace(/(.{8})/gu, '$1 ')}\n`);
  expect(readPayloadFile(path, 'hex')).toEqual(PAYLOAD);
  writeFileSync(path, Buffer.from(PAYLOAD).toString('base64'));
  expect(readPayloadFile(path, 'base64')).toEqual(PAYLOAD);
  expect(() => readPayloadFile(path, 'hex')).toThrowError(expect.objectContaining({ id: 'USAGE' }));
  writeFileSync(path, PAYLOAD);
  expect(readPayloadFile(path, 'raw')).toEqual(PAYLOAD);
});

test('finds the PNG files of a folder and tells why one of them is no picture', () => {
  mkdirSync(join(folder, 'inner'));
  writePicture(join(folder, 'inner', 'b.png'), matrixOf(PAYLOAD, ANY));
  writeFileSync(join(folder, 'a.PNG'), 'junk');
  writeFileSync(join(folder, 'note.txt'), 'no picture');
  const files = pictureFiles([folder]);
  expect(files).toEqual([join(folder, 'a.PNG'), join(folder, 'inner', 'b.png')]);
  expect(files.map((path) => readPicture(path).ok)).toEqual([false, true]);
  expect(readPicture(join(folder, 'a.PNG'))).toMatchObject({ reason: 'not_a_png' });
  const torn = join(folder, 'torn.png');
  writeFileSync(torn, readFileSync(join(folder, 'inner', 'b.png')).subarray(0, 60));
  expect(readPicture(torn).ok).toBe(false);
});
