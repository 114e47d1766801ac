import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '@chiavetta/protocol/bytes';
import { plainMatrixDecoder, readPng } from '@chiavetta/protocol/matrix';
import { readInputFile } from '../input/input-file.ts';
import { Failure } from '../output/failure.ts';

/** Pictures that are read in one run: a folder tree that has more is named in parts. */
const PICTURES_MAX = 100_000;
const FOLDER_DEPTH_MAX = 16;
const FILE_BYTES_MAX = 64 * 1_024 * 1_024;

/** What a picture file held. */
export type PictureReading =
  | { readonly path: string; readonly ok: true; readonly payload: string; readonly symbolVersion: number }
  | { readonly path: string; readonly ok: false; readonly reason: string };

/** The PNG files among the paths, folders opened, in the order of their names. */
export function pictureFiles(paths: readonly string[]): readonly string[] {
  const found: string[] = [];
  const visit = (path: string, depth: number): void => {
    if (found.length >= PICTURES_MAX || depth > FOLDER_DEPTH_MAX) return;
    const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) visit(inner, depth + 1);
      else if (entry.isFile() && /\.png$/iu.test(entry.name) && found.length < PICTURES_MAX)
        found.push(inner);
    }
  };
  for (const path of paths) {
    if (isFolder(path)) visit(path, 0);
    else found.push(path);
  }
  return found;
}

function isFolder(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) throw new Failure('FILE_NOT_FOUND', { path });
  return status.isDirectory();
}

/** Reads one picture. A file that is no picture is an answer too, so that the others are still read. */
export function readPicture(path: string): PictureReading {
  const bytes = readInputFile(path);
  if (bytes.length > FILE_BYTES_MAX) return { path, ok: false, reason: 'file_too_large' };
  const frame = readPng(bytes);
  if (!frame.ok) return { path, ok: false, reason: frame.error.code };
  const read = plainMatrixDecoder.decode(frame.value);
  if (!read.ok) return { path, ok: false, reason: read.error.code };
  return { path, ok: true, payload: toHex(read.value.payload), symbolVersion: read.value.version };
}
