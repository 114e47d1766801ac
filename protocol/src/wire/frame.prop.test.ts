import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cobsDecode, cobsEncode, cobsEncodedMax } from './cobs.ts';
import type { Frame } from './frame.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { FRAME_LIMIT_MAX, FRAME_OVERHEAD_BYTES } from './limits.ts';

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  type: fc.integer({ min: 0, max: 255 }),
  seq: fc.integer({ min: 0, max: 255 }),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ minLength: 240, maxLength: FRAME_LIMIT_MAX - FRAME_OVERHEAD_BYTES }),
    // Long runs without a zero reach COBS's full blocks.
    fc.uint8Array({ min: 1, minLength: 240, maxLength: 520 }),
  ),
});

function between(frame: Frame): Uint8Array {
  return encodeFrame(frame).slice(1, -1);
}

describe('COBS', () => {
  test('brings back what it encoded, without a zero and within its bound', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ min: 1, maxLength: 800 })),
        (bytes) => {
          const encoded = cobsEncode(bytes);
          expect(encoded.includes(0)).toBe(false);
          expect(encoded.length).toBeLessThanOrEqual(cobsEncodedMax(bytes.length));
          expect(cobsDecode(encoded)).toEqual({ ok: true, value: bytes });
        },
      ),
    );
  });

  test('accepts only what it would write itself, and never throws', () => {
    const nearCobs = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.constant(Uint8Array.of(0xff, ...new Array(254).fill(7))),
      ),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(nearCobs, fc.boolean(), (parts, closed) => {
        const encoded = Uint8Array.from([...parts.flatMap((part) => [...part]), ...(closed ? [1] : [])]);
        const decoded = cobsDecode(encoded);
        if (decoded.ok) expect(cobsEncode(decoded.value)).toEqual(encoded);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a frame', () => {
  test('comes back as it was sent', () => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        expect(decodeFrame(between(frame))).toEqual({ ok: true, value: frame });
      }),
    );
  });

  test('has exactly one encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const decoded = decodeFrame(bytes);
        if (decoded.ok) expect(between(decoded.value)).toEqual(bytes);
      }),
      { numRuns: 5_000 },
    );
  });

  test('is refused when cut anywhere', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), (frame, at) => {
        const encoded = between(frame);
        const cut = decodeFrame(encoded.slice(0, at % encoded.length));
        // A CRC of 16 bits lets one cut in 65,536 through: then it is a frame, but never the one that was sent.
        if (cut.ok) expect(cut.value).not.toEqual(frame);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is refused when one bit of its content flips, whichever', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), (frame, at) => {
        const decoded = cobsDecode(between(frame));
        expect(decoded.ok).toBe(true);
        if (!decoded.ok) return;
        const bit = at % (decoded.value.length * 8);
        const flipped = decoded.value.map((byte, index) =>
          index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte,
        );
        const refused = decodeFrame(cobsEncode(flipped));
        expect(refused.ok ? 'accepted' : refused.error.code).toBe('bad_crc');
      }),
      { numRuns: 1_000 },
    );
  });

  test('is never taken for itself when one bit on the line flips', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), (frame, at) => {
        const encoded = between(frame);
        const bit = at % (encoded.length * 8);
        const flipped = encoded.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        const decoded = decodeFrame(flipped);
        if (decoded.ok) expect(decoded.value).not.toEqual(frame);
      }),
      { numRuns: 1_000 },
    );
  });

  test('does not become another one when a bit of its last delimiter flips and the next frame follows', () => {
    fc.assert(
      fc.property(anyFrame, fc.integer({ min: 0, max: 7 }), (frame, bit) => {
        const line = encodeFrame(frame);
        line[line.length - 1] = 1 << bit;
        const decoded = decodeFrame(line.slice(1));
        expect(decoded.ok).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('longer than the limit is refused with both sizes', () => {
    const frame = { type: 2, seq: 0, body: new Uint8Array(300) };
    expect(decodeFrame(between(frame), 256)).toEqual({
      ok: false,
      error: { code: 'too_long', foundBytes: 304, limitBytes: 256 },
    });
  });
});
