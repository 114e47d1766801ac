import { assert, concatBytes } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';

/** Bytes of each hash in the log: SHA-256. */
export const AUDIT_HASH_BYTES = 32;

const LEAF_PREFIX = Uint8Array.of(0x00);
const NODE_PREFIX = Uint8Array.of(0x01);

/**
 * The roots of the perfect subtrees that a log of `count` entries is made of, largest first: all that is needed to
 * append and to tell the root. One root for each 1 bit of `count`.
 */
export type MerkleFrontier = { readonly count: number; readonly peaks: readonly Uint8Array[] };

/** The frontier of an empty log. */
export const emptyFrontier: MerkleFrontier = { count: 0, peaks: [] };

/** Hash of an entry. The prefix keeps an entry from passing for an inner node. RFC 6962 section 2.1. */
export function leafHash(crypto: Crypto, body: Uint8Array): Uint8Array {
  return crypto.sha256(concatBytes(LEAF_PREFIX, body));
}

/** Hash of an inner node. RFC 6962 section 2.1. */
export function nodeHash(crypto: Crypto, left: Uint8Array, right: Uint8Array): Uint8Array {
  return crypto.sha256(concatBytes(NODE_PREFIX, left, right));
}

/** The frontier with one more leaf: on average two hashes, whatever the size of the log. */
export function appendLeaf(crypto: Crypto, frontier: MerkleFrontier, leaf: Uint8Array): MerkleFrontier {
  const peaks = [...frontier.peaks];
  let last = leaf;
  // Each trailing 1 bit of the count is a subtree of the size that has just become full: they merge.
  for (let rest = frontier.count; rest % 2 === 1; rest = (rest - 1) / 2) {
    const left = peaks.pop();
    assert(left !== undefined, 'a frontier has a peak for each 1 bit of its count');
    last = nodeHash(crypto, left, last);
  }
  peaks.push(last);
  return { count: frontier.count + 1, peaks };
}

/** The Merkle tree hash of the whole log. RFC 6962 section 2.1. */
export function frontierRoot(crypto: Crypto, frontier: MerkleFrontier): Uint8Array {
  let root: Uint8Array | undefined;
  for (const peak of frontier.peaks.toReversed()) {
    root = root === undefined ? peak : nodeHash(crypto, peak, root);
  }
  return root ?? crypto.sha256(new Uint8Array(0));
}

/** The peaks one after the other: how a store keeps a frontier. */
export function encodePeaks(frontier: MerkleFrontier): Uint8Array {
  return concatBytes(...frontier.peaks);
}

/** Reads a kept frontier, or `undefined` when the bytes cannot belong to a log of this size. Total. */
export function decodeFrontier(count: number, bytes: Uint8Array): MerkleFrontier | undefined {
  if (!Number.isSafeInteger(count) || count < 0) return undefined;
  let peakCount = 0;
  for (let rest = count; rest > 0; rest = Math.floor(rest / 2)) peakCount += rest % 2;
  if (bytes.length !== peakCount * AUDIT_HASH_BYTES) return undefined;
  const peaks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += AUDIT_HASH_BYTES)
    peaks.push(bytes.slice(at, at + AUDIT_HASH_BYTES));
  return { count, peaks };
}
