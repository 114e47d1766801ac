import { assert } from '@chiavetta/protocol/bytes';
import type { Effect } from './device.ts';
import type { NvmOp } from './records/index.ts';

const WAITING_JOBS_MAX = 16;

/** A run of flash operations and what the firmware goes on with once all of them are acknowledged. */
export type WriteJob<Next> = { readonly ops: readonly NvmOp[]; readonly next: Next };

/**
 * The flash writes of a device: one operation in flight, the rest in order. `Next` is plain data, so a device waiting
 * for its flash is as serialisable as any other; nothing that depends on a write may be shown or sent elsewhere than
 * where its `Next` comes back.
 */
export type WriteQueue<Next> = {
  readonly nextId: number;
  /** The first job's first operation is in flight under the id `nextId - 1`. */
  readonly jobs: readonly WriteJob<Next>[];
};

/** What one call yields: the effect to emit, and the jobs that are finished by it, in order. */
export type WriteStep<Next> = {
  readonly queue: WriteQueue<Next>;
  readonly effects: readonly Effect[];
  readonly finished: readonly Next[];
};

/** An idle queue. */
export const WRITE_QUEUE_EMPTY: WriteQueue<never> = { nextId: 1, jobs: [] };

/** Whether an operation is in flight. */
export function isWriting<Next>(queue: WriteQueue<Next>): boolean {
  return queue.jobs.length > 0;
}

/** Adds a job. A job without operations is finished as soon as those before it are. */
export function enqueueWrite<Next>(queue: WriteQueue<Next>, job: WriteJob<Next>): WriteStep<Next> {
  assert(queue.jobs.length < WAITING_JOBS_MAX, 'firmware waits for its flash before it goes on');
  const joined = { ...queue, jobs: [...queue.jobs, job] };
  return isWriting(queue) ? { queue: joined, effects: [], finished: [] } : advance(joined);
}

/** Takes an acknowledgement. An id that is not in flight is ignored: it belongs to a life before a reset. */
export function writeDone<Next>(queue: WriteQueue<Next>, id: number): WriteStep<Next> {
  const [first, ...rest] = queue.jobs;
  if (first === undefined || id !== queue.nextId - 1) return { queue, effects: [], finished: [] };
  return advance({ ...queue, jobs: [{ ...first, ops: first.ops.slice(1) }, ...rest] });
}

/** Emits the next operation, after taking off every job that has none left. */
function advance<Next>(queue: WriteQueue<Next>): WriteStep<Next> {
  const finished: Next[] = [];
  let jobs = queue.jobs;
  for (let first = jobs[0]; first !== undefined; first = jobs[0]) {
    const op = first.ops[0];
    if (op !== undefined) {
      return {
        queue: { nextId: queue.nextId + 1, jobs },
        effects: [effectOf(op, queue.nextId)],
        finished,
      };
    }
    finished.push(first.next);
    jobs = jobs.slice(1);
  }
  return { queue: { ...queue, jobs }, effects: [], finished };
}

function effectOf(op: NvmOp, id: number): Effect {
  return op.tag === 'program'
    ? { tag: 'nvm.program', id, address: op.address, bytes: op.bytes }
    : { tag: 'nvm.erase', id, page: op.page };
}
