import type { Result } from '../bytes/index.ts';
import { concatBytes, err, ok } from '../bytes/index.ts';

/** What the header chunk of a PNG says (PNG, third edition, section 11.2.1). */
export type PngHeader = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly depthBits: number;
  readonly colourType: number;
  readonly isInterlaced: boolean;
};

/** A PNG taken apart: only the chunks that decide the pixels. */
export type PngChunks = {
  readonly header: PngHeader;
  /** The compressed pixels, in order. */
  readonly imageData: readonly Uint8Array[];
  /** The same picture as a file without any other chunk: nothing else, compressed profiles above all, is ever opened. */
  readonly essentialFile: Uint8Array;
};

/** Why bytes are not a PNG. */
export type PngChunkFault = 'not_a_png' | 'truncated' | 'damaged';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const ESSENTIAL = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT']);
const HEADER_BYTES = 13;
const CHUNK_FRAME_BYTES = 12;

/** Walks the chunks up to IEND. Total; bytes after IEND are ignored, as viewers do. */
export function readPngChunks(bytes: Uint8Array): Result<PngChunks, PngChunkFault> {
  const known = Math.min(bytes.length, SIGNATURE.length);
  for (let at = 0; at < known; at += 1) {
    if (bytes[at] !== SIGNATURE[at]) return err('not_a_png');
  }
  if (bytes.length === 0) return err('not_a_png');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [bytes.subarray(0, known)];
  const imageData: Uint8Array[] = [];
  let header: PngHeader | undefined;
  let at = SIGNATURE.length;
  while (at + CHUNK_FRAME_BYTES <= bytes.length) {
    const bodyBytes = view.getUint32(at);
    const end = at + CHUNK_FRAME_BYTES + bodyBytes;
    if (end > bytes.length) return err('truncated');
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + bodyBytes);
    if ((header === undefined) !== (type === 'IHDR')) return err('damaged');
    if (type === 'IHDR') header = readHeader(body);
    if (header === undefined) return err('damaged');
    if (type === 'IDAT') imageData.push(body);
    if (ESSENTIAL.has(type) || type === 'IEND') parts.push(bytes.subarray(at, end));
    if (type === 'IEND') return ok({ header, imageData, essentialFile: concatBytes(...parts) });
    at = end;
  }
  return err('truncated');
}

function readHeader(body: Uint8Array): PngHeader | undefined {
  if (body.length !== HEADER_BYTES) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return {
    widthPx: view.getUint32(0),
    heightPx: view.getUint32(4),
    depthBits: view.getUint8(8),
    colourType: view.getUint8(9),
    isInterlaced: view.getUint8(12) !== 0,
  };
}
