import { readFileSync } from 'node:fs';

/** Reads one file of test/vectors. The caller states its shape; a file that lacks it fails its test by value. */
export function readVectors<T extends object>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8'));
}

/** The bytes of a hexadecimal text that a vector holds; one that is not hexadecimal fails the test. */
export function hexBytes(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Error(`not hexadecimal: ${text}`);
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
