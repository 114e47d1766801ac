import { assert, equalConstantTime } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { MerkleFrontier } from './merkle-tree.ts';
import { appendLeaf, emptyFrontier, frontierRoot, nodeHash } from './merkle-tree.ts';

/** The hashes that lead from one leaf to the root. RFC 6962 section 2.1.1. */
export function inclusionProof(
  crypto: Crypto,
  leaves: readonly Uint8Array[],
  index: number,
): readonly Uint8Array[] {
  assert(index >= 0 && index < leaves.length, 'the leaf is in the log');
  if (leaves.length === 1) return [];
  const split = largestPowerBelow(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  return index < split
    ? [...inclusionProof(crypto, left, index), rootOfLeaves(crypto, right)]
    : [...inclusionProof(crypto, right, index - split), rootOfLeaves(crypto, left)];
}

/** The hashes that show a log of `olderCount` entries to be the beginning of this one. RFC 6962 section 2.1.2. */
export function consistencyProof(
  crypto: Crypto,
  leaves: readonly Uint8Array[],
  olderCount: number,
): readonly Uint8Array[] {
  assert(olderCount >= 0 && olderCount <= leaves.length, 'the older log is not longer than the newer');
  return olderCount === 0 ? [] : subProof(crypto, leaves, olderCount, true);
}

/** The root of a list of leaf hashes. RFC 6962 section 2.1. */
export function rootOfLeaves(crypto: Crypto, leaves: readonly Uint8Array[]): Uint8Array {
  let frontier: MerkleFrontier = emptyFrontier;
  for (const leaf of leaves) frontier = appendLeaf(crypto, frontier, leaf);
  return frontierRoot(crypto, frontier);
}

/** Whether a leaf stands at `index` of the log with this count and root. Total. RFC 9162 section 2.1.3.2. */
export function verifyInclusion(
  crypto: Crypto,
  claim: {
    readonly leaf: Uint8Array;
    readonly index: number;
    readonly count: number;
    readonly root: Uint8Array;
    readonly proof: readonly Uint8Array[];
  },
): boolean {
  if (!isCount(claim.index) || !isCount(claim.count) || claim.index >= claim.count) return false;
  let index = claim.index;
  let last = claim.count - 1;
  let hash = claim.leaf;
  for (const sibling of claim.proof) {
    if (last === 0) return false;
    if (index % 2 === 1 || index === last) {
      hash = nodeHash(crypto, sibling, hash);
      while (index % 2 === 0 && index !== 0) {
        index /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(crypto, hash, sibling);
    }
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalConstantTime(hash, claim.root);
}

/** Whether the newer log begins with the older one: false for a fork. Total. RFC 9162 section 2.1.4.2. */
export function verifyConsistency(
  crypto: Crypto,
  claim: {
    readonly older: { readonly count: number; readonly root: Uint8Array };
    readonly newer: { readonly count: number; readonly root: Uint8Array };
    readonly proof: readonly Uint8Array[];
  },
): boolean {
  const { older, newer } = claim;
  if (!isCount(older.count) || !isCount(newer.count) || older.count > newer.count) return false;
  if (older.count === 0) {
    const emptyRoot = frontierRoot(crypto, emptyFrontier);
    return (
      claim.proof.length === 0 &&
      equalConstantTime(older.root, emptyRoot) &&
      (newer.count > 0 || equalConstantTime(newer.root, emptyRoot))
    );
  }
  if (older.count === newer.count) {
    return claim.proof.length === 0 && equalConstantTime(older.root, newer.root);
  }
  const proof = isPowerOfTwo(older.count) ? [older.root, ...claim.proof] : claim.proof;
  return walkConsistency(crypto, older, newer, proof);
}

type Head = { readonly count: number; readonly root: Uint8Array };

function walkConsistency(crypto: Crypto, older: Head, newer: Head, proof: readonly Uint8Array[]): boolean {
  const [first, ...rest] = proof;
  if (first === undefined) return false;
  let index = older.count - 1;
  let last = newer.count - 1;
  while (index % 2 === 1) {
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  let olderHash = first;
  let newerHash = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (index % 2 === 1 || index === last) {
      olderHash = nodeHash(crypto, sibling, olderHash);
      newerHash = nodeHash(crypto, sibling, newerHash);
      while (index % 2 === 0 && index !== 0) {
        index /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      newerHash = nodeHash(crypto, newerHash, sibling);
    }
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalConstantTime(olderHash, older.root) && equalConstantTime(newerHash, newer.root);
}

function subProof(
  crypto: Crypto,
  leaves: readonly Uint8Array[],
  olderCount: number,
  whole: boolean,
): readonly Uint8Array[] {
  if (olderCount === leaves.length) return whole ? [] : [rootOfLeaves(crypto, leaves)];
  const split = largestPowerBelow(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  return olderCount <= split
    ? [...subProof(crypto, left, olderCount, whole), rootOfLeaves(crypto, right)]
    : [...subProof(crypto, right, olderCount - split, false), rootOfLeaves(crypto, left)];
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function isPowerOfTwo(count: number): boolean {
  let rest = count;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
