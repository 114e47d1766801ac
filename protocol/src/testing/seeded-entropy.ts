import { asciiBytes, concatBytes, u32, u64 } from '../bytes/index.ts';
import type { Entropy } from '../ports/index.ts';
import { nobleCrypto } from '../ports/index.ts';

/** Entropy that repeats: the same label and seed give the same bytes, in any chunks. **Not random.** */
export interface SeededEntropy extends Entropy {
  /** An independent stream named by one more label, so that one subsystem's draws never move another's. */
  readonly fork: (label: string) => SeededEntropy;
}

/**
 * A deterministic stand-in for a random source: the stream SHA-256(label || seed || 0), SHA-256(label || seed || 1), …
 *
 * @example
 * ```ts
 * seededEntropy('token', 7).randomBytes(16); // the same 16 bytes in each run
 * ```
 */
export function seededEntropy(label: string, seed: number): SeededEntropy {
  const labelBytes = asciiBytes(label);
  const prefix = concatBytes(u32(labelBytes.length), labelBytes, u64(BigInt(seed)));
  let blockIndex = 0n;
  let rest: Uint8Array = new Uint8Array(0);
  return {
    randomBytes: (byteCount) => {
      const parts = [rest];
      let held = rest.length;
      while (held < byteCount) {
        const block = nobleCrypto.sha256(concatBytes(prefix, u64(blockIndex)));
        blockIndex += 1n;
        parts.push(block);
        held += block.length;
      }
      const pool = concatBytes(...parts);
      rest = pool.slice(byteCount);
      return pool.slice(0, byteCount);
    },
    fork: (next) => seededEntropy(`${label}/${next}`, seed),
  };
}
