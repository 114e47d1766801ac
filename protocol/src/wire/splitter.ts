import { assert, concatBytes } from '../bytes/index.ts';
import { cobsEncodedMax } from './cobs.ts';
import type { Frame, FrameError } from './frame.ts';
import { decodeFrame } from './frame.ts';
import { FRAME_OVERHEAD_BYTES } from './limits.ts';

/** A splitter between two chunks: plain data, never more than one frame's worth of bytes. */
export type FrameSplitter = {
  readonly frameLimitBytes: number;
  /** The bytes since the last delimiter, encoded; empty while an overlong run is skipped. */
  readonly pending: Uint8Array;
  /** True while an overlong run is skipped up to its delimiter. */
  readonly skipping: boolean;
};

/** Bytes that were dropped because they are no frame. */
export type WireNoise = FrameError | { readonly code: 'cut_off'; readonly foundBytes: number };

/** What a chunk gave. */
export type SplitterResult = {
  readonly state: FrameSplitter;
  readonly frames: readonly Frame[];
  readonly noise: readonly WireNoise[];
  /** Whether something dropped reads as text: a boot message or a console, so perhaps no token at all. */
  readonly sawText: boolean;
};

/** So many printable bytes in a row are called text. */
const TEXT_RUN_BYTES = 8;

/** A splitter that keeps frames of at most `frameLimitBytes` decoded bytes. */
export function splitterStart(frameLimitBytes: number): FrameSplitter {
  assert(frameLimitBytes >= FRAME_OVERHEAD_BYTES, 'a frame limit leaves room for an empty frame');
  return { frameLimitBytes, pending: new Uint8Array(), skipping: false };
}

/**
 * Takes the next bytes of the line, in chunks of any size, and gives the whole frames in them.
 * Every zero byte resynchronises; an endless run is dropped as it comes, so that no line can fill the memory.
 */
export function splitterPush(state: FrameSplitter, chunk: Uint8Array): SplitterResult {
  const frames: Frame[] = [];
  const noise: WireNoise[] = [];
  let sawText = false;
  let current = state;
  let from = 0;
  while (from < chunk.length) {
    const zeroAt = chunk.indexOf(0, from);
    const to = zeroAt === -1 ? chunk.length : zeroAt;
    const taken = takeRun(current, chunk.subarray(from, to));
    current = taken.state;
    if (taken.dropped !== undefined) {
      noise.push(taken.dropped.noise);
      sawText ||= looksLikeText(taken.dropped.bytes);
    }
    if (zeroAt !== -1) {
      const run = current.pending;
      current = splitterStart(current.frameLimitBytes);
      // Nothing between two delimiters: the end of one frame and the start of the next.
      if (run.length > 0) {
        const frame = decodeFrame(run, current.frameLimitBytes);
        if (frame.ok) frames.push(frame.value);
        else {
          noise.push(frame.error);
          sawText ||= looksLikeText(run);
        }
      }
    }
    from = to + 1;
  }
  return { state: current, frames, noise, sawText };
}

/** Drops a half frame: what the caller does when the line falls silent inside one. */
export function splitterReset(state: FrameSplitter): SplitterResult {
  const noise: WireNoise[] =
    state.pending.length > 0 ? [{ code: 'cut_off', foundBytes: state.pending.length }] : [];
  return {
    state: splitterStart(state.frameLimitBytes),
    frames: [],
    noise,
    sawText: looksLikeText(state.pending),
  };
}

/** Whether the splitter holds the start of what may become a frame. */
export function splitterIsInsideFrame(state: FrameSplitter): boolean {
  return state.pending.length > 0;
}

type RunTaken = {
  readonly state: FrameSplitter;
  readonly dropped?: { readonly noise: WireNoise; readonly bytes: Uint8Array };
};

/** Adds bytes without a delimiter to the pending run, or gives the run up once it cannot be a frame any more. */
function takeRun(state: FrameSplitter, run: Uint8Array): RunTaken {
  if (state.skipping || run.length === 0) return { state };
  const runBytes = state.pending.length + run.length;
  const keptMax = cobsEncodedMax(state.frameLimitBytes);
  if (runBytes <= keptMax) {
    return { state: { ...state, pending: concatBytes(state.pending, run) } };
  }
  return {
    state: { ...state, pending: new Uint8Array(), skipping: true },
    dropped: {
      noise: { code: 'too_long', foundBytes: runBytes, limitBytes: state.frameLimitBytes },
      bytes: concatBytes(state.pending, run.subarray(0, keptMax - state.pending.length)),
    },
  };
}

function looksLikeText(bytes: Uint8Array): boolean {
  let runBytes = 0;
  for (const byte of bytes) {
    const printable = (byte >= 0x20 && byte <= 0x7e) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
    runBytes = printable ? runBytes + 1 : 0;
    if (runBytes >= TEXT_RUN_BYTES) return true;
  }
  return false;
}
