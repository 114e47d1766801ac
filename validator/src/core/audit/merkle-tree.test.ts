import { fromHex, toHex } from '@chiavetta/protocol/bytes';
import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';
import { describe, expect, test } from 'vitest';
import { rootOfLeaves } from './merkle-proof.ts';
import { appendLeaf, decodeFrontier, emptyFrontier, frontierRoot, leafHash } from './merkle-tree.ts';

/** Entries and roots of the reference implementation of Certificate Transparency (RFC 6962). */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('the Merkle tree of the log', () => {
  test('has the roots that RFC 6962 implementations publish', () => {
    let frontier = emptyFrontier;
    for (const [index, entry] of ENTRIES.entries()) {
      const bytes = fromHex(entry);
      frontier = appendLeaf(crypto, frontier, leafHash(crypto, bytes.ok ? bytes.value : new Uint8Array(1)));
      expect(toHex(frontierRoot(crypto, frontier))).toBe(ROOTS[index]);
    }
  });

  test('of an empty log has the hash of nothing as its root', () => {
    expect(toHex(rootOfLeaves(crypto, []))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  test('reads a kept frontier only when its size fits the count', () => {
    expect(decodeFrontier(0, new Uint8Array(0))).toEqual(emptyFrontier);
    expect(decodeFrontier(5, new Uint8Array(64))?.peaks).toHaveLength(2);
    for (const [count, bytes] of [
      [5, 63],
      [5, 32],
      [1, 0],
      [-1, 0],
      [0.5, 32],
      [Number.NaN, 0],
    ] as const) {
      expect(decodeFrontier(count, new Uint8Array(bytes))).toBeUndefined();
    }
  });
});
