import { u32 } from '@chiavetta/protocol/bytes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlashPart } from '../../hardware/flash-part.ts';
import { flashPart, flipBit, operate, tear } from '../../hardware/flash-part.ts';
import { blankImage } from '../flash-image.ts';
import { flashMap, PAGE_BYTES } from '../flash-map.ts';
import type { NvmOp, RecordBook } from './index.ts';
import { planFlag, planRepair, planWrite, readRecordBook, recordBody, recordFlagged } from './index.ts';

/** A small record with many versions a page, and one that takes two pages for one version. */
const MAP = flashMap([
  { name: 'small', id: 1, bodyBytesMax: 12 },
  { name: 'large', id: 2, bodyBytesMax: 1_500 },
]);

type Action =
  | { readonly tag: 'write'; readonly name: 'small' | 'large' }
  | { readonly tag: 'flag'; readonly name: 'small' | 'large' };

const actions: fc.Arbitrary<Action> = fc.record({
  tag: fc.constantFrom('write' as const, 'write' as const, 'flag' as const),
  name: fc.constantFrom('small' as const, 'small' as const, 'large' as const),
});

function noiseFrom(seed: number): (byteCount: number) => Uint8Array {
  let state = seed >>> 0;
  return (byteCount) =>
    Uint8Array.from({ length: byteCount }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

/** What was acknowledged, and what was on the way: after a cut the record is one of the two. */
type Truth = { readonly value: number; readonly flagged: boolean };

class Bench {
  part: FlashPart = flashPart(blankImage(MAP));
  book: RecordBook = readRecordBook(MAP, this.part.image);
  nextValue = 0;
  readonly truth: Record<'small' | 'large', Truth> = {
    small: { value: -1, flagged: false },
    large: { value: -1, flagged: false },
  };

  /** Carries out operations; a cut tears operation `cutAt` and drops the rest. */
  carryOut(ops: readonly NvmOp[], cutAt: number, noise: (byteCount: number) => Uint8Array): boolean {
    for (const [index, op] of ops.entries()) {
      if (index === cutAt) {
        this.part = tear(this.part, op, noise);
        return false;
      }
      this.part = operate(this.part, op);
    }
    return true;
  }

  /** Power-on, with the repair cut short up to `cuts` times. */
  boot(cuts: readonly number[], noise: (byteCount: number) => Uint8Array): void {
    for (const cutAt of [...cuts, Number.MAX_SAFE_INTEGER]) {
      this.book = readRecordBook(MAP, this.part.image);
      const repair = planRepair(MAP, this.book);
      this.book = repair.book;
      if (this.carryOut(repair.ops, cutAt, noise)) return;
    }
  }

  read(name: 'small' | 'large'): Truth {
    const body = recordBody(this.book, name);
    if (body === undefined) return { value: -1, flagged: false };
    const value = new DataView(body.buffer, body.byteOffset).getUint32(0, false);
    expect(body).toEqual(bodyOf(name, value));
    return { value, flagged: recordFlagged(this.book, name) };
  }
}

function bodyOf(name: 'small' | 'large', value: number): Uint8Array {
  const body = new Uint8Array(name === 'small' ? 12 : 1_400).fill(value % 251);
  body.set(u32(value), 0);
  return body;
}

function act(
  bench: Bench,
  action: Action,
): { readonly ops: readonly NvmOp[]; readonly after: Truth } | undefined {
  const before = bench.truth[action.name];
  if (action.tag === 'flag') {
    if (before.value < 0) return undefined;
    const change = planFlag(MAP, bench.book, action.name);
    bench.book = change.book;
    return { ops: change.ops, after: { ...before, flagged: true } };
  }
  bench.nextValue += 1;
  const change = planWrite(MAP, bench.book, {
    name: action.name,
    body: bodyOf(action.name, bench.nextValue),
  });
  bench.book = change.book;
  return { ops: change.ops, after: { value: bench.nextValue, flagged: false } };
}

describe('two-copy records', () => {
  it('hold the last acknowledged value or the one on the way, over cuts at any operation and cuts of the repair', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            action: actions,
            cutAt: fc.option(fc.nat(4), { nil: undefined }),
            repairCuts: fc.array(fc.nat(3), { maxLength: 2 }),
            noise: fc.nat(),
          }),
          { minLength: 1, maxLength: 90 },
        ),
        (script) => {
          const bench = new Bench();
          for (const { action, cutAt, repairCuts, noise } of script) {
            const planned = act(bench, action);
            if (planned === undefined) continue;
            const before = bench.truth[action.name];
            const whole = bench.carryOut(planned.ops, cutAt ?? Number.MAX_SAFE_INTEGER, noiseFrom(noise));
            if (whole) {
              bench.truth[action.name] = planned.after;
            } else {
              bench.boot(repairCuts, noiseFrom(noise + 1));
              const found = bench.read(action.name);
              expect([before, planned.after]).toContainEqual(found);
              bench.truth[action.name] = found;
            }
            for (const name of ['small', 'large'] as const) {
              expect(bench.read(name)).toEqual(bench.truth[name]);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never lose a value to one rotten bit, wherever it is', () => {
    fc.assert(
      fc.property(
        fc.array(actions, { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(MAP.pageCount * PAGE_BYTES * 8 - 1), { minLength: 20, maxLength: 20 }),
        (script, bits) => {
          const bench = new Bench();
          for (const action of script) {
            const planned = act(bench, action);
            if (planned === undefined) continue;
            bench.carryOut(planned.ops, Number.MAX_SAFE_INTEGER, noiseFrom(1));
            bench.truth[action.name] = planned.after;
          }
          for (const bit of bits) {
            // One fault at a time: the repair gives the record its second copy back before the next.
            bench.part = flipBit(bench.part, bit);
            bench.boot([], noiseFrom(bit));
            for (const name of ['small', 'large'] as const) {
              expect(bench.read(name)).toEqual(bench.truth[name]);
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('read any image without a throw', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), (seed, mask) => {
        const image = noiseFrom(seed)(MAP.pageCount * PAGE_BYTES).map((byte) => byte | mask);
        const book = readRecordBook(MAP, image);
        expect(recordBody(book, 'small')).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('take turns with the erasing: a page of 36 versions is erased once in 36 writes', () => {
    const bench = new Bench();
    for (let count = 0; count < 360; count += 1) {
      const planned = act(bench, { tag: 'write', name: 'small' });
      bench.carryOut(planned?.ops ?? [], Number.MAX_SAFE_INTEGER, noiseFrom(1));
    }
    expect(bench.part.eraseCounts.slice(0, 2)).toEqual([9, 9]);
  });
});
