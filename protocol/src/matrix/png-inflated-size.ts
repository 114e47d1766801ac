import { Unzlib } from 'fflate';

/** How much compressed pixels unpack to, and whether they did so without an error. */
export type InflatedSize = { readonly foundBytes: number; readonly isSound: boolean };

// Compressed bytes fed at a time: one step inflates to at most about 4 MiB before the count is looked at.
const STEP_BYTES = 4096;

/**
 * Unpacks without keeping anything and stops soon after `limitBytes`: a small file that unpacks to gigabytes costs one
 * step. Total.
 */
export function inflatedSize(parts: readonly Uint8Array[], limitBytes: number): InflatedSize {
  let foundBytes = 0;
  const inflator = new Unzlib((piece) => {
    foundBytes += piece.length;
  });
  try {
    for (const part of parts) {
      for (let at = 0; at < part.length; at += STEP_BYTES) {
        inflator.push(part.subarray(at, at + STEP_BYTES), false);
        if (foundBytes > limitBytes) return { foundBytes, isSound: false };
      }
    }
    inflator.push(new Uint8Array(0), true);
  } catch {
    // The library reports every malformed stream by throwing.
    return { foundBytes, isSound: false };
  }
  return { foundBytes, isSound: true };
}
