import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inflatedSize } from './png-inflated-size.ts';

const MEBIBYTE = 1024 * 1024;

describe('measuring what compressed pixels unpack to', () => {
  it('counts over any parts', () => {
    const packed = deflateSync(new Uint8Array(10_000).fill(7));
    const parts = [packed.subarray(0, 3), packed.subarray(3, 9), packed.subarray(9)];
    expect(inflatedSize(parts, 10_000)).toEqual({ foundBytes: 10_000, isSound: true });
  });

  it('stops one step after the limit, however much is packed', () => {
    const packed = deflateSync(new Uint8Array(64 * MEBIBYTE));
    const { foundBytes, isSound } = inflatedSize([packed], 100);
    expect(isSound).toBe(false);
    expect(foundBytes).toBeGreaterThan(100);
    expect(foundBytes).toBeLessThan(5 * MEBIBYTE);
  });

  it('says so when the stream is cut short or is none', () => {
    const packed = deflateSync(new Uint8Array(100));
    expect(inflatedSize([packed.subarray(0, 4)], 100).isSound).toBe(false);
    expect(inflatedSize([Uint8Array.of(1, 2, 3, 4)], 100).isSound).toBe(false);
    expect(inflatedSize([], 100).isSound).toBe(false);
  });
});
