import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseWitnessLine, witnessLine } from '../../core/audit/checkpoint.ts';
import type { SignedCheckpoint } from '../../ports/audit-log.ts';
import { refuseOthers, STORE_FILE_MODE, syncFolder } from './file-guard.ts';

/** What stands in a witness file. */
export type WitnessReading = {
  readonly checkpoints: readonly SignedCheckpoint[];
  /** Numbers, from 1, of the lines that are no checkpoint. */
  readonly badLines: readonly number[];
  /** Bytes up to the last line end. What follows was cut off while it was written and counts for nothing. */
  readonly soundBytes: number;
};

/** Reads a witness file; a missing one is empty. */
export function readWitness(file: string): WitnessReading {
  if (!existsSync(file)) return { checkpoints: [], badLines: [], soundBytes: 0 };
  const bytes = readFileSync(file);
  const soundBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, soundBytes).toString('latin1').split('\n').slice(0, -1);
  const checkpoints: SignedCheckpoint[] = [];
  const badLines: number[] = [];
  lines.forEach((line, index) => {
    const checkpoint = parseWitnessLine(line);
    if (checkpoint.ok) checkpoints.push(checkpoint.value);
    else badLines.push(index + 1);
  });
  return { checkpoints, badLines, soundBytes };
}

/** Appends checkpoints to a witness file and returns when they are on the disk. */
export function appendWitness(
  file: string,
  job: { readonly soundBytes: number; readonly checkpoints: readonly SignedCheckpoint[] },
): number {
  const isNew = !existsSync(file);
  const handle = openSync(file, isNew ? 'wx' : 'r+', STORE_FILE_MODE);
  try {
    refuseOthers(file, file);
    const text = Buffer.from(job.checkpoints.map((checkpoint) => `${witnessLine(checkpoint)}\n`).join(''));
    ftruncateSync(handle, job.soundBytes);
    let written = 0;
    while (written < text.length) {
      written += writeSync(handle, text, written, text.length - written, job.soundBytes + written);
    }
    fsyncSync(handle);
    if (isNew) syncFolder(dirname(file));
    return job.soundBytes + written;
  } finally {
    closeSync(handle);
  }
}
