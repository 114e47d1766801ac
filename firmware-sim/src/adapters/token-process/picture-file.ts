import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { readPng } from '@chiavetta/protocol/matrix';
import type { RgbaFrame } from '@chiavetta/protocol/ports';
import { ControlError } from './control-protocol.ts';

/** Largest picture file that is read, bytes. */
export const PICTURE_BYTES_MAX: number = 16 * 1_024 * 1_024;

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['EACCES', 'you may not read it.'],
  ['EPERM', 'you may not read it.'],
  ['EISDIR', 'it is a folder.'],
]);

/**
 * Reads a picture from a regular PNG file of at most `PICTURE_BYTES_MAX`. A device, a pipe or a folder is never read:
 * it may have no end.
 *
 * @throws ControlError FILE_NOT_FOUND, or PICTURE_UNREADABLE whose message is the reason without the path.
 */
export async function readPictureFile(path: string): Promise<RgbaFrame> {
  const bytes = await regularFile(path);
  const frame = readPng(bytes);
  if (!frame.ok) throw unreadable('it is not a PNG picture that can be read.');
  return frame.value;
}

async function regularFile(path: string): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    // A pipe that nobody writes to would otherwise hold the token at the opening.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (status.isDirectory()) throw unreadable('it is a folder.');
    if (!status.isFile()) throw unreadable('it is a device or a pipe, not a file.');
    if (status.size > PICTURE_BYTES_MAX) throw tooLarge();
    return await bounded(file);
  } catch (cause) {
    if (cause instanceof ControlError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new ControlError('FILE_NOT_FOUND', `There is no file ${path}.`, cause);
    throw unreadable(REASONS.get(code) ?? 'it cannot be read.', cause);
  } finally {
    await file?.close();
  }
}

/** Not more than allowed even where a file grows while it is read, or says 0 as those of /proc do. */
async function bounded(file: FileHandle): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of file.createReadStream({ autoClose: false, end: PICTURE_BYTES_MAX })) {
    const bytes = Uint8Array.from(chunk);
    total += bytes.length;
    if (total > PICTURE_BYTES_MAX) throw tooLarge();
    chunks.push(bytes);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}

function tooLarge(): ControlError {
  return unreadable(`it is larger than ${PICTURE_BYTES_MAX / (1_024 * 1_024)} MiB.`);
}

function unreadable(reason: string, cause?: unknown): ControlError {
  return new ControlError('PICTURE_UNREADABLE', reason, cause);
}
