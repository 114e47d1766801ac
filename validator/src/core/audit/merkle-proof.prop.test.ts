import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consistencyProof,
  inclusionProof,
  rootOfLeaves,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof.ts';
import { leafHash } from './merkle-tree.ts';

const leavesOf = (count: number, salt = 0): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, index) => leafHash(crypto, Uint8Array.of(salt, index >> 8, index & 255)));

/** The definition of RFC 6962 section 2.1, word for word. */
function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return crypto.sha256(new Uint8Array(0));
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const left = rootByDefinition(leaves.slice(0, split));
  const right = rootByDefinition(leaves.slice(split));
  return crypto.sha256(Uint8Array.of(1, ...left, ...right));
}

const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => (index === 5 ? byte ^ 1 : byte));

describe('proofs over the log', () => {
  test('the incremental root is the root of the definition, at every size', () => {
    for (let count = 0; count <= 70; count += 1) {
      expect(rootOfLeaves(crypto, leavesOf(count))).toEqual(rootByDefinition(leavesOf(count)));
    }
  });

  test('every entry of every log is shown to be in it, and no other leaf is', () => {
    for (let count = 1; count <= 33; count += 1) {
      const leaves = leavesOf(count);
      const root = rootByDefinition(leaves);
      for (const [index, leaf] of leaves.entries()) {
        const proof = inclusionProof(crypto, leaves, index);
        expect(verifyInclusion(crypto, { leaf, index, count, root, proof })).toBe(true);
        expect(verifyInclusion(crypto, { leaf: flip(leaf), index, count, root, proof })).toBe(false);
        expect(verifyInclusion(crypto, { leaf, index: index + 1, count, root, proof })).toBe(false);
        expect(verifyInclusion(crypto, { leaf, index, count, root, proof: [...proof, leaf] })).toBe(false);
        if (count > 1)
          expect(verifyInclusion(crypto, { leaf, index, count, root, proof: proof.slice(1) })).toBe(false);
      }
    }
  });

  test('every log is shown to begin with every older state of itself, and with no fork of it', () => {
    for (let count = 1; count <= 33; count += 1) {
      const leaves = leavesOf(count);
      const newer = { count, root: rootByDefinition(leaves) };
      for (let olderCount = 0; olderCount <= count; olderCount += 1) {
        const proof = consistencyProof(crypto, leaves, olderCount);
        const older = { count: olderCount, root: rootByDefinition(leaves.slice(0, olderCount)) };
        expect(verifyConsistency(crypto, { older, newer, proof })).toBe(true);
        expect(verifyConsistency(crypto, { older, newer: { ...newer, root: flip(newer.root) }, proof })).toBe(
          olderCount === 0,
        );
        const fork = { count: olderCount, root: flip(older.root) };
        expect(verifyConsistency(crypto, { older: fork, newer, proof })).toBe(false);
        expect(verifyConsistency(crypto, { older, newer, proof: [...proof, newer.root] })).toBe(false);
        for (const at of proof.keys()) {
          const bent = proof.map((hash, index) => (index === at ? flip(hash) : hash));
          expect(verifyConsistency(crypto, { older, newer, proof: bent })).toBe(false);
        }
      }
    }
  });

  test('any claim gets an answer, never a throw', () => {
    const hash = fc.uint8Array({ minLength: 0, maxLength: 40 });
    const count = fc.oneof(fc.integer({ min: -3, max: 70 }), fc.double(), fc.maxSafeInteger());
    fc.assert(
      fc.property(
        count,
        count,
        hash,
        hash,
        fc.array(hash, { maxLength: 60 }),
        (first, second, root, other, proof) => {
          const older = { count: first, root };
          const newer = { count: second, root: other };
          expect(typeof verifyConsistency(crypto, { older, newer, proof })).toBe('boolean');
          const claim = { leaf: root, index: first, count: second, root: other, proof };
          expect(typeof verifyInclusion(crypto, claim)).toBe('boolean');
        },
      ),
    );
  });
});
