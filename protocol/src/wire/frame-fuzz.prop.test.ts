import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '../bytes/index.ts';
import { cobsEncodedMax } from './cobs.ts';
import type { Frame } from './frame.ts';
import { encodeFrame } from './frame.ts';
import { FRAME_LIMIT_MIN, MESSAGE_BYTES_MAX } from './limits.ts';
import type { FrameSplitter, SplitterResult } from './splitter.ts';
import { splitterPush, splitterStart } from './splitter.ts';
import { tokenLinkStep } from './token-link.ts';
import type { TokenLink } from './token-link-state.ts';
import { tokenLinkStart } from './token-link-state.ts';

const frame: fc.Arbitrary<Frame> = fc.record({
  type: fc.integer({ min: 0, max: 255 }),
  seq: fc.integer({ min: 0, max: 255 }),
  body: fc.uint8Array({ maxLength: 300 }),
});

/** Whole frames, half frames, noise and zeros, as a line carries them. */
const line: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      frame.map(encodeFrame),
      fc.tuple(frame, fc.nat({ max: 300 })).map(([whole, cut]) => encodeFrame(whole).slice(0, cut)),
      fc.uint8Array({ maxLength: 400 }),
      fc.uint8Array({ min: 1, minLength: 200, maxLength: 700 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => concatBytes(...parts));

function chunksOf(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (let index = 0; from < bytes.length; index += 1) {
    const size = sizes.length === 0 ? bytes.length : (sizes[index % sizes.length] ?? 1);
    chunks.push(bytes.slice(from, from + size));
    from += size;
  }
  return chunks;
}

function pushAll(start: FrameSplitter, chunks: readonly Uint8Array[]): readonly SplitterResult[] {
  const results: SplitterResult[] = [];
  let state = start;
  for (const chunk of chunks) {
    const result = splitterPush(state, chunk);
    results.push(result);
    state = result.state;
  }
  return results;
}

/** All the bytes that a token link holds between two events. */
function heldBytes(link: TokenLink): number {
  const ready =
    link.work.tag === 'ready' && link.work.reply.tag === 'session' ? link.work.reply.message.length : 0;
  return (
    link.splitter.pending.length +
    (link.last?.reply?.length ?? 0) +
    link.incoming.bytes.length +
    link.outgoing.reduce((sum, body) => sum + body.length, 0) +
    ready
  );
}

describe('whatever comes down the line', () => {
  test('the splitter gives the same frames however the line is cut into chunks', () => {
    fc.assert(
      fc.property(
        line,
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 }),
        (bytes, sizes) => {
          const whole = pushAll(splitterStart(256), [bytes]);
          const cut = pushAll(splitterStart(256), chunksOf(bytes, sizes));
          expect(cut.flatMap((result) => result.frames)).toEqual(whole.flatMap((result) => result.frames));
          expect(cut.flatMap((result) => result.noise.map((noise) => noise.code))).toEqual(
            whole.flatMap((result) => result.noise.map((noise) => noise.code)),
          );
          expect(cut.some((result) => result.sawText)).toBe(whole.some((result) => result.sawText));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('the splitter never throws and never keeps more than one frame', () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 1, max: 64 }), (bytes, size) => {
        for (const result of pushAll(splitterStart(256), chunksOf(bytes, [size]))) {
          expect(result.state.pending.length).toBeLessThanOrEqual(cobsEncodedMax(256));
          for (const found of result.frames) expect(found.body.length).toBeLessThanOrEqual(252);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a token link never throws, keeps less than 4 kB at 512-byte frames, and answers each frame at most once', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 4 }),
        fc.uint8Array({ maxLength: MESSAGE_BYTES_MAX }),
        (lines, message) => {
          let link = tokenLinkStart({ frameLimitBytes: 512 });
          const hello = encodeFrame({ type: 1, seq: 9, body: Uint8Array.of(1, 1, FRAME_LIMIT_MIN >> 8, 0) });
          for (const bytes of [hello, ...lines]) {
            const step = tokenLinkStep(link, { tag: 'bytes', chunk: bytes });
            link = step.state;
            expect(heldBytes(link)).toBeLessThan(4_096);
            for (const effect of step.effects) {
              if (effect.tag !== 'deliver' || effect.request.tag !== 'session') continue;
              const reply = { tag: 'session', message } as const;
              const answered = tokenLinkStep(link, {
                tag: 'reply',
                requestNumber: effect.requestNumber,
                reply,
              });
              expect(answered.effects.length).toBeLessThanOrEqual(1);
              link = answered.state;
            }
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
