import { crc32 } from 'node:zlib';
import type { Hex } from './otc-primitives.ts';
import { ascii, bytes, expand, extract, hmac, open, seal, uint } from './otc-primitives.ts';

/** Flash as docs/spec/devices.md prints it, on `node:crypto` and `node:zlib` alone. */
const PAGE_BYTES = 1024;
const BESIDE_BODY_BYTES = 16;

type RecordShape = { readonly recordId: number; readonly bodyBytesMax: number };

/** One version in its slot, its commit word not flipped, and the CRC in it. */
export function versionInSlot(record: RecordShape & { readonly sequence: number; readonly body: Hex }): {
  readonly crc: Hex;
  readonly slot: Hex;
} {
  const paddedHex = 2 * (slotBytes(record.bodyBytesMax) - BESIDE_BODY_BYTES);
  const head = `${uint(record.sequence, 4)}${uint(record.recordId, 1)}00${uint(record.body.length / 2, 2)}`;
  const content = head + record.body.padEnd(paddedHex, '0');
  const crc = uint(crc32(bytes(content)), 4);
  return { crc, slot: `${content}${crc}ffffffff` };
}

/** The bodies of the records of an image, read from the first slot of one copy: as the factory leaves them. */
export function factoryBodies(image: Hex, records: readonly RecordShape[], copy: 0 | 1): readonly Hex[] {
  let page = 0;
  return records.map((record) => {
    const size = slotBytes(record.bodyBytesMax);
    const pages = Math.ceil(size / PAGE_BYTES);
    const at = 2 * PAGE_BYTES * (page + copy * pages);
    page += 2 * pages;
    const slot = image.slice(at, at + 2 * size);
    const body = slot.slice(16, 16 + 2 * Number.parseInt(slot.slice(12, 16), 16));
    const again = versionInSlot({ ...record, sequence: Number.parseInt(slot.slice(0, 8), 16), body });
    if (again.slot !== slot) throw new Error(`record ${record.recordId} is not one version in its slot`);
    return body;
  });
}

/** The key of a sealed flash field. */
export function flashKey(elementKey: Hex, recordId: number): Hex {
  return expand(extract('', elementKey), ascii('otc/v1 flash') + uint(recordId, 1));
}

export function sealFlash(job: {
  readonly key: Hex;
  readonly recordId: number;
  readonly nonce: Hex;
  readonly plaintext: Hex;
}): Hex {
  return job.nonce + seal(job.key, uint(job.recordId, 1), job.plaintext, job.nonce);
}

export function openFlash(job: { readonly key: Hex; readonly recordId: number; readonly sealed: Hex }): Hex {
  return open(job.key, uint(job.recordId, 1), job.sealed.slice(24), job.sealed.slice(0, 24));
}

export function pinVerifier(elementKey: Hex, salt: Hex, pin: string): Hex {
  return hmac(elementKey, ascii('otc/v1 pin') + salt + ascii(pin));
}

function slotBytes(bodyBytesMax: number): number {
  return Math.ceil((bodyBytesMax + BESIDE_BODY_BYTES) / 4) * 4;
}
