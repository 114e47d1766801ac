import { describe, expect, test } from 'vitest';
import { asciiBytes, concatBytes } from '../bytes/index.ts';
import { cobsEncodedMax } from './cobs.ts';
import { encodeFrame } from './frame.ts';
import { splitterIsInsideFrame, splitterPush, splitterReset, splitterStart } from './splitter.ts';

const FRAME = { type: 2, seq: 7, body: Uint8Array.of(1, 0, 2) };

describe('the splitter', () => {
  test('finds a frame behind boot text and knows that it saw text', () => {
    const line = concatBytes(asciiBytes('\r\nrst:0x1 boot v2.1\r\n'), encodeFrame(FRAME));
    const result = splitterPush(splitterStart(256), line);
    expect(result.frames).toEqual([FRAME]);
    expect(result.noise).toHaveLength(1);
    expect(result.sawText).toBe(true);
  });

  test('finds a frame behind the AT bytes of a modem manager', () => {
    const result = splitterPush(
      splitterStart(256),
      concatBytes(asciiBytes('AT\rAT\rAT'), encodeFrame(FRAME)),
    );
    expect(result.frames).toEqual([FRAME]);
  });

  test('finds a frame behind the half of another', () => {
    const half = encodeFrame(FRAME).slice(0, 4);
    const result = splitterPush(splitterStart(256), concatBytes(half, encodeFrame(FRAME)));
    expect(result.frames).toEqual([FRAME]);
    expect(result.noise).toHaveLength(1);
  });

  test('finds two frames that share one delimiter', () => {
    const line = concatBytes(encodeFrame(FRAME).slice(0, -1), encodeFrame({ ...FRAME, seq: 8 }));
    expect(splitterPush(splitterStart(256), line).frames.map((frame) => frame.seq)).toEqual([7, 8]);
  });

  test('keeps no more than one frame of an endless one, reports it once, and hears the next', () => {
    let state = splitterStart(256);
    let reports = 0;
    for (let chunk = 0; chunk < 200; chunk += 1) {
      const result = splitterPush(state, new Uint8Array(97).fill(0x55));
      state = result.state;
      reports += result.noise.length;
      expect(state.pending.length).toBeLessThanOrEqual(cobsEncodedMax(256));
    }
    expect(reports).toBe(1);
    expect(splitterPush(state, encodeFrame(FRAME)).frames).toEqual([FRAME]);
  });

  test('looks for text in the same bytes of an overlong run, however it is cut', () => {
    const run = concatBytes(
      new Uint8Array(cobsEncodedMax(256)).fill(1),
      asciiBytes('boot v2.1 '),
      Uint8Array.of(1),
    );
    const whole = splitterPush(splitterStart(256), run);
    const first = splitterPush(splitterStart(256), run.slice(0, 100));
    const second = splitterPush(first.state, run.slice(100));
    expect([whole.sawText, second.sawText]).toEqual([false, false]);
  });

  test('does not keep one huge chunk', () => {
    const { state } = splitterPush(splitterStart(256), new Uint8Array(1_000_000).fill(0x55));
    expect(state.pending.length).toBe(0);
  });

  test('drops a half frame when the line falls silent', () => {
    const { state } = splitterPush(splitterStart(256), encodeFrame(FRAME).slice(0, 5));
    expect(splitterIsInsideFrame(state)).toBe(true);
    const reset = splitterReset(state);
    expect(reset.noise).toEqual([{ code: 'cut_off', foundBytes: 4 }]);
    expect(splitterIsInsideFrame(reset.state)).toBe(false);
    expect(splitterPush(reset.state, encodeFrame(FRAME)).frames).toEqual([FRAME]);
  });

  test('takes a frame of exactly the limit and refuses one byte more', () => {
    const exact = { type: 2, seq: 0, body: new Uint8Array(252).fill(9) };
    const longer = { type: 2, seq: 0, body: new Uint8Array(253).fill(9) };
    expect(splitterPush(splitterStart(256), encodeFrame(exact)).frames).toEqual([exact]);
    const refused = splitterPush(splitterStart(256), encodeFrame(longer));
    expect(refused.frames).toEqual([]);
    expect(refused.noise.map((noise) => noise.code)).toEqual(['too_long']);
  });

  test('neither keeps nor changes the bytes it was handed', () => {
    const chunk = encodeFrame(FRAME).slice(0, 5);
    const before = chunk.slice();
    const { state } = splitterPush(splitterStart(256), chunk);
    expect(chunk).toEqual(before);
    chunk.fill(0xee);
    const rest = encodeFrame(FRAME).slice(5);
    expect(splitterPush(state, rest).frames).toEqual([FRAME]);
  });
});
