import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitFlips, boardWith, truncations } from '../../testing/codec-laws.ts';
import type { Language } from './language.ts';
import { encodeLanguage, LANGUAGE_BYTES, LANGUAGE_RECORD, LANGUAGES, readLanguage } from './language.ts';
import type { PinTries } from './pin-tries.ts';
import { encodeTries, fullTries, PIN_TRIES_MAX, readTries, TRIES_BYTES, TRIES_RECORD } from './pin-tries.ts';

const epochs = fc.nat(0xffff_ffff);
const tries: fc.Arbitrary<PinTries> = fc.record({
  epoch: epochs,
  left: fc.nat(PIN_TRIES_MAX),
  lockCode: fc.option(
    fc.nat(99_999_999).map((code) => String(code).padStart(8, '0')),
    { nil: undefined },
  ),
});

const read = (body: Uint8Array | undefined, epoch: number) => readTries(boardWith(TRIES_RECORD, body), epoch);
const language = (body: Uint8Array | undefined) => readLanguage(boardWith(LANGUAGE_RECORD, body));
const none = (epoch: number): PinTries => ({ epoch, left: 0, lockCode: undefined });

describe('the tries record', () => {
  it('reads back as it was written in its own epoch, and is void in every other', () => {
    fc.assert(
      fc.property(tries, epochs, (value, other) => {
        const body = encodeTries(value);
        expect(body.length).toBe(TRIES_BYTES);
        expect(read(body, value.epoch)).toEqual(value);
        if (other !== value.epoch) expect(read(body, other)).toEqual(fullTries(other));
      }),
    );
  });

  it('leaves no try when it is lost, cut or too long', () => {
    fc.assert(
      fc.property(tries, (value) => {
        const body = encodeTries(value);
        for (const wrong of [undefined, ...truncations(body), Uint8Array.of(...body, 0)]) {
          expect(read(wrong, value.epoch)).toEqual(none(value.epoch));
        }
      }),
      { numRuns: 30 },
    );
  });

  // The CRC of the record finds a flipped bit first (record-version.prop.test.ts); this is what stands behind it.
  it('never gives more tries than a new PIN has, nor a lock code that is not one, whatever its bytes', () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.uint8Array({ minLength: TRIES_BYTES, maxLength: TRIES_BYTES }),
      tries.chain((value) => fc.constantFrom(...bitFlips(encodeTries(value)))),
    );
    fc.assert(
      fc.property(bodies, fc.option(epochs), (body, other) => {
        const own = new DataView(Uint8Array.of(...body, 0, 0, 0, 0).buffer).getUint32(0);
        const epoch = other ?? own;
        const found = read(body, epoch);
        expect(found.epoch).toBe(epoch);
        expect(found.left).toBeGreaterThanOrEqual(0);
        expect(found.left).toBeLessThanOrEqual(PIN_TRIES_MAX);
        expect(found.lockCode ?? '00000000').toMatch(/^[0-9]{8}$/);
        if (body.length !== TRIES_BYTES) expect(found).toEqual(none(epoch));
      }),
      { numRuns: 500 },
    );
  });

  it('with one bit flipped changes one thing: the epoch, the tries or the lock code', () => {
    fc.assert(
      fc.property(tries, (value) => {
        for (const flipped of bitFlips(encodeTries(value))) {
          const found = read(flipped, value.epoch);
          if (flipped.subarray(0, 4).join() !== encodeTries(value).subarray(0, 4).join()) {
            expect(found).toEqual(fullTries(value.epoch));
          } else if (found.left !== value.left) expect(found.lockCode).toBe(value.lockCode);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('the language record', () => {
  it('reads back as it was written', () => {
    for (const one of LANGUAGES) expect(language(encodeLanguage(one))).toBe(one);
  });

  it('is one byte, and any other byte, size or flipped bit is another language or none', () => {
    expect(language(undefined)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3 }), (body) => {
        const found: Language | undefined = language(body);
        if (found !== undefined) expect(encodeLanguage(found)).toEqual(body);
      }),
      { numRuns: 1_000 },
    );
    for (const one of LANGUAGES) {
      expect(encodeLanguage(one).length).toBe(LANGUAGE_BYTES);
      for (const flipped of bitFlips(encodeLanguage(one))) expect(language(flipped)).not.toBe(one);
    }
  });
});
