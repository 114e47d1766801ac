import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../bytes/index.ts';
import { decodeFragment, decodeFragmentPlace, encodeFragment, splitMessage } from './fragment.ts';
import { FRAGMENT_COUNT_MAX, FRAME_LIMIT_MAX, FRAME_LIMIT_MIN, MESSAGE_BYTES_MAX } from './limits.ts';
import type { ReassemblyResult } from './reassembly.ts';
import { reassemblyAdd, reassemblyStart } from './reassembly.ts';

/** The bytes with each single bit flipped, in the order of the bits. */
function* bitFlips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield flipped;
  }
}

describe('fragments', () => {
  const limit = fc.integer({ min: FRAME_LIMIT_MIN, max: FRAME_LIMIT_MAX });
  const message = fc.uint8Array({ maxLength: MESSAGE_BYTES_MAX });

  test('of any message within its limit fit their frames and join to it', () => {
    fc.assert(
      fc.property(message, limit, (whole, frameLimit) => {
        const split = splitMessage(whole, frameLimit);
        if (split.tag === 'whole') {
          expect(split.body).toEqual(whole);
          return;
        }
        expect(split.bodies.length).toBeLessThanOrEqual(FRAGMENT_COUNT_MAX);
        let last: ReassemblyResult = { state: reassemblyStart, message: undefined };
        for (const body of split.bodies) {
          expect(last.message).toBeUndefined();
          expect(body.length + 4).toBeLessThanOrEqual(frameLimit);
          const fragment = decodeFragment(body);
          if (!fragment.ok) throw new Error(fragment.error.code);
          const added = reassemblyAdd(last.state, fragment.value);
          if (!added.ok) throw new Error(added.error.code);
          last = added.value;
        }
        expect(last.message).toEqual(whole);
      }),
    );
  });

  test('have one spelling, and anything else is refused without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20, max: 11 }), (body) => {
        const decoded = decodeFragment(body);
        if (decoded.ok) expect(encodeFragment(decoded.value)).toEqual(body);
      }),
      { numRuns: 1_000 },
    );
  });

  test('are refused when cut to their place, and cut anywhere else or with a bit flipped are never the same', () => {
    const places = fc
      .integer({ min: 2, max: FRAGMENT_COUNT_MAX })
      .chain((total) => fc.record({ total: fc.constant(total), index: fc.nat(total - 1) }));
    fc.assert(
      fc.property(places, fc.uint8Array({ minLength: 1, maxLength: 60 }), (place, part) => {
        const body = encodeFragment({ ...place, bytes: part });
        expect(decodeFragment(body)).toEqual({ ok: true, value: { ...place, bytes: part } });
        expect(decodeFragmentPlace(body.slice(0, 2))).toEqual({ ok: true, value: place });
        for (let byteCount = 0; byteCount < body.length; byteCount += 1) {
          const cut = decodeFragment(body.slice(0, byteCount));
          expect(cut.ok).toBe(byteCount > 2);
          if (cut.ok) expect(toHex(encodeFragment(cut.value))).toBe(toHex(body.subarray(0, byteCount)));
          if (byteCount !== 2) expect(decodeFragmentPlace(body.slice(0, byteCount)).ok).toBe(false);
        }
        for (const flipped of bitFlips(body)) {
          const decoded = decodeFragment(flipped);
          const [index = 0, total = 0] = flipped;
          expect(decoded.ok).toBe(total >= 2 && total <= FRAGMENT_COUNT_MAX && index < total);
          if (decoded.ok) expect(toHex(encodeFragment(decoded.value))).toBe(toHex(flipped));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('missing one, twice there or out of order never join to the message', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 600, maxLength: 1_500, size: 'max' }),
        fc.nat(),
        (whole, which) => {
          const split = splitMessage(whole, FRAME_LIMIT_MIN);
          if (split.tag === 'whole') throw new Error('the message does not fit one frame');
          const at = which % (split.bodies.length - 1);
          const missing = split.bodies.filter((_, index) => index !== at);
          const swapped = [...missing.slice(0, at + 1), split.bodies[at] ?? whole, ...missing.slice(at + 1)];
          for (const bodies of [missing, swapped]) {
            let state = reassemblyStart;
            for (const body of bodies) {
              const fragment = decodeFragment(body);
              const added = fragment.ok ? reassemblyAdd(state, fragment.value) : fragment;
              if (added.ok) expect(added.value.message).toBeUndefined();
              state = added.ok ? added.value.state : reassemblyStart;
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('in any order and number never hold more than a message', () => {
    const fragment = fc.record({
      index: fc.integer({ min: 0, max: 3 }),
      total: fc.integer({ min: 2, max: 4 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 1_018, size: 'max' }),
    });
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 8 }), (fragments) => {
        let state = reassemblyStart;
        for (const next of fragments) {
          const added = reassemblyAdd(state, next);
          state = added.ok && added.value.message === undefined ? added.value.state : reassemblyStart;
          expect(state.bytes.length).toBeLessThanOrEqual(MESSAGE_BYTES_MAX);
        }
      }),
    );
  });
});
