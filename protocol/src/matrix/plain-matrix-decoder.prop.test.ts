import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RgbaFrame } from '../ports/index.ts';
import { paintedFrame, scaledFrame, turnedFrame } from '../testing/picture-edits.ts';
import { encodeMatrix } from './encode-matrix.ts';
import { plainMatrixDecoder } from './plain-matrix-decoder.ts';
import { readPng } from './read-png.ts';
import { renderPng } from './render-png.ts';
import { renderRgba } from './render-rgba.ts';

/** Payloads of every type and size that the protocol makes. */
const payloads: fc.Arbitrary<Uint8Array> = fc
  .constantFrom([1, 102], [2, 66], [3, 75], [4, 66], [4, 138], [4, 141], [4, 153], [5, 45])
  .chain(([type = 0, byteCount = 0]) =>
    fc.uint8Array({ minLength: byteCount, maxLength: byteCount }).map((bytes) => {
      bytes.set([0xc1, type]);
      return bytes;
    }),
  );

function isRead(frame: RgbaFrame, payload: Uint8Array): boolean {
  const read = plainMatrixDecoder.decode(frame);
  return read.ok && Buffer.compare(read.value.payload, payload) === 0;
}

describe('the matrix laws', () => {
  it('a payload comes back from the PNG file that carries it, at every module size', () => {
    fc.assert(
      fc.property(payloads, fc.integer({ min: 2, max: 10 }), (payload, modulePx) => {
        const read = readPng(renderPng(encodeMatrix(payload), { modulePx }));
        expect(read.ok && isRead(read.value, payload)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('a payload comes back from a picture scaled by any factor to 2.5 pixels a module or more, and turned', () => {
    const methods = fc.constantFrom('nearest', 'bilinear', 'box');
    const sizes = fc.record({
      drawnPx: fc.integer({ min: 3, max: 9 }),
      scaledPx: fc.double({ min: 2.5, max: 12, noNaN: true }),
    });
    fc.assert(
      fc.property(
        payloads,
        sizes,
        methods,
        fc.integer({ min: 0, max: 3 }),
        (payload, size, method, turns) => {
          const drawn = renderRgba(encodeMatrix(payload), { modulePx: size.drawnPx });
          const scaled = scaledFrame(drawn, size.scaledPx / size.drawnPx, method);
          expect(isRead(turnedFrame(scaled, turns), payload)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('a picture with damaged modules gives the payload or a refusal, never other bytes', () => {
    const spot = fc.record({ place: fc.nat(), colour: fc.integer({ min: 0, max: 7 }) });
    // A few spots and very many, as often: both sides of what can be repaired are visited in every run.
    const damage = fc.oneof(
      fc.array(spot, { maxLength: 30 }),
      fc.array(spot, { minLength: 450, maxLength: 700, size: 'max' }),
    );
    let readCount = 0;
    let refusedCount = 0;
    fc.assert(
      fc.property(payloads, damage, (payload, spots) => {
        const matrix = encodeMatrix(payload);
        const modules = matrix.modules.slice();
        for (const { place, colour } of spots) modules[place % modules.length] = colour;
        const read = plainMatrixDecoder.decode(renderRgba({ ...matrix, modules }, { modulePx: 4 }));
        if (read.ok) expect(Buffer.compare(read.value.payload, payload)).toBe(0);
        if (read.ok) readCount += 1;
        else refusedCount += 1;
      }),
      { numRuns: 100 },
    );
    // Both sides of the boundary were visited, or the law would say nothing.
    expect(readCount).toBeGreaterThan(10);
    expect(refusedCount).toBeGreaterThan(10);
  });
});

describe('the totality of reading', () => {
  it('any small frame gives a value, whatever its bytes', () => {
    const sides = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(sides, sides, fc.infiniteStream(fc.nat({ max: 255 })), (widthPx, heightPx, noise) => {
        const data = Uint8Array.from({ length: widthPx * heightPx * 4 }, () => noise.next().value ?? 0);
        const read = plainMatrixDecoder.decode({ widthPx, heightPx, data });
        expect(read.ok).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('a frame whose size and bytes disagree is refused', () => {
    const numbers = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -1, 2 ** 32));
    fc.assert(
      fc.property(numbers, numbers, fc.uint8Array({ maxLength: 64 }), (widthPx, heightPx, data) => {
        expect(plainMatrixDecoder.decode({ widthPx, heightPx, data }).ok).toBe(false);
      }),
    );
  });

  it('a page of ten thousand finders and a page of noise end without a symbol', () => {
    const rings = paintedFrame({ widthPx: 2000, heightPx: 2000 }, (x, y) => {
      const ring = Math.max(Math.abs(Math.floor((x % 20) / 2) - 4), Math.abs(Math.floor((y % 20) / 2) - 4));
      return ring === 2 || ring > 3 ? [255, 255, 255] : [0, 0, 0];
    });
    expect(plainMatrixDecoder.decode(rings)).toEqual({ ok: false, error: { code: 'no_symbol' } });
    let state = 1;
    const noise = paintedFrame({ widthPx: 1000, heightPx: 1000 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state > 2 ** 31 ? [255, 255, 255] : [0, 0, 0];
    });
    expect(plainMatrixDecoder.decode(noise).ok).toBe(false);
  });
});

describe('the totality of PNG reading', () => {
  const file = renderPng(encodeMatrix(Uint8Array.from({ length: 45 }, (_, index) => index)), { modulePx: 2 });

  it('every truncation is an error', () => {
    for (let byteCount = 0; byteCount < file.length; byteCount += 1) {
      expect(readPng(file.subarray(0, byteCount)).ok).toBe(false);
    }
  });

  it('every changed byte before the trailer is an error or the same picture', () => {
    const whole = readPng(file);
    fc.assert(
      fc.property(fc.nat({ max: file.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = file.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        const read = readPng(changed);
        if (read.ok && whole.ok) expect(Buffer.compare(read.value.data, whole.value.data)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('any bytes give a value, also behind a true signature', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 60 }), (bytes, keptBytes) => {
        expect(readPng(bytes).ok).toBe(false);
        const grafted = Uint8Array.from([...file.subarray(0, keptBytes), ...bytes]);
        expect(readPng(grafted).ok).toBe(false);
      }),
    );
  });
});
