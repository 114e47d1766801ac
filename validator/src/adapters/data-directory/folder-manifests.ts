import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSerial, verifyManifest } from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';

/** Most manifests that are looked through for one serial: a developer's folder, no warehouse. */
const MANIFEST_FILES_MAX = 1_000;

/**
 * Looks for a manifest of one of the makers that names a serial, among the `*.bin` files of a folder, newest name
 * first. Whoever asked checks it again: this only chooses the file.
 */
export function folderManifests(job: {
  readonly folder: string;
  readonly crypto: Crypto;
  readonly makerRoots: readonly Uint8Array[];
}): (serial: string) => Promise<Uint8Array | undefined> {
  return async (serialText) => {
    const serial = parseSerial(serialText);
    if (!serial.ok) return undefined;
    const names = (await readdir(job.folder)).filter((name) => name.endsWith('.bin')).sort();
    for (const name of names.reverse().slice(0, MANIFEST_FILES_MAX)) {
      const manifest = new Uint8Array(await readFile(join(job.folder, name)));
      const isNamed = job.makerRoots.some((makerPublicKey) => {
        const checked = verifyManifest({ crypto: job.crypto, manifest, makerPublicKey });
        return checked.ok && checked.value.entries.some((entry) => entry.serial === serial.value);
      });
      if (isNamed) return manifest;
    }
    return undefined;
  };
}
