import { describe, expect, it } from 'vitest';
import type { NvmOp } from './records/index.ts';
import type { WriteQueue } from './write-queue.ts';
import { enqueueWrite, isWriting, WRITE_QUEUE_EMPTY, writeDone } from './write-queue.ts';

const erase: NvmOp = { tag: 'erase', page: 3 };
const empty: WriteQueue<string> = WRITE_QUEUE_EMPTY;

describe('the queue of flash writes', () => {
  it('has one operation in flight and ends a job with its last acknowledgement', () => {
    const first = enqueueWrite(empty, { ops: [erase, erase], next: 'a' });
    expect(first.effects).toEqual([{ tag: 'nvm.erase', id: 1, page: 3 }]);
    const second = enqueueWrite(first.queue, { ops: [erase], next: 'b' });
    expect(second.effects).toEqual([]);
    const half = writeDone(second.queue, 1);
    expect(half).toMatchObject({ effects: [{ id: 2 }], finished: [] });
    const whole = writeDone(half.queue, 2);
    expect(whole).toMatchObject({ effects: [{ id: 3 }], finished: ['a'] });
    const done = writeDone(whole.queue, 3);
    expect(done).toMatchObject({ effects: [], finished: ['b'] });
    expect(isWriting(done.queue)).toBe(false);
  });

  it('ignores an acknowledgement of something that is not in flight', () => {
    const first = enqueueWrite(empty, { ops: [erase], next: 'a' });
    expect(writeDone(first.queue, 7)).toEqual({ queue: first.queue, effects: [], finished: [] });
    expect(writeDone(empty, 0)).toEqual({ queue: empty, effects: [], finished: [] });
  });

  it('finishes a job without operations at once, or after those before it', () => {
    expect(enqueueWrite(empty, { ops: [], next: 'a' }).finished).toEqual(['a']);
    const first = enqueueWrite(empty, { ops: [erase], next: 'a' });
    const second = enqueueWrite(first.queue, { ops: [], next: 'b' });
    expect(second.finished).toEqual([]);
    expect(writeDone(second.queue, 1).finished).toEqual(['a', 'b']);
  });
});
