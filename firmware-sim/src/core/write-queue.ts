import { assert } from '@chiavetta/protocol/bytes';
import type { Effect } from './device.ts';
import type { NvmOp } from './records/index.ts';

const WAITING_JOBS_MAX = 16;

/** A run of flash operations and what the firmware goes on with once all of them are acknowledged. */
export type WriteJob<Then> = { readonly ops: readonly NvmOp[]; readonly then: Then };

/**
 * The flash writes of a device: one operation in flight, the rest in order. `Then` is plain data, so a device waiting
 * for its flash is as serialisable as any other; nothing that depends on a write may be shown or sent elsewhere than
 * where its `Then` comes back.
 */
export type WriteQueue<Then> = {
  readonly nextId: number;
  /** The first job's first operation is in flight under the id `nextId - 1`. */
  readonly jobs: readonly WriteJob<Then>[];
};

/** What one call yields: the effect to emit, and the jobs that are finished by it, in order. */
export type WriteStep<Then> = {
  readonly queue: WriteQueue<Then>;
  readonly effects: readonly Effect[];
  readonly finished: readonly Then[];
};

/** An idle queue. */
export const WRITE_QUEUE_EMPTY: WriteQueue<never> = { nextId: 1, jobs: [] };

/** Whether an operation is in flight. */
export function isWriting<Then>(queue: WriteQueue<Then>): boolean {
  return queue.jobs.length > 0;
}

/** Adds a job. A job without operations is finished as soon as those before it are. */
export function enqueueWrite<Then>(queue: WriteQueue<Then>, job: WriteJob<Then>): WriteStep<Then> {
  assert(queue.jobs.length < WAITING_JOBS_MAX, 'firmware waits for its flash before it goes on');
  const joined = { ...queue, jobs: [...queue.jobs, job] };
  return isWriting(queue) ? { queue: joined, effects: [], finished: [] } : advance(joined);
}

/** Takes an acknowledgement. An id that is not in flight is ignored: it belongs to a life before a reset. */
export function writeDone<Then>(queue: WriteQueue<Then>, id: number): WriteStep<Then> {
  const [first, ...rest] = queue.jobs;
  if (first === undefined || id !== queue.nextId - 1) return { queue, effects: [], finished: [] };
  return advance({ ...queue, jobs: [{ ...first, ops: first.ops.slice(1) }, ...rest] });
}

/** Emits the next operation, after taking off every job that has none left. */
function advance<Then>(queue: WriteQueue<Then>): WriteStep<Then> {
  const finished: Then[] = [];
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
    finished.push(first.then);
    jobs = jobs.slice(1);
  }
  return { queue: { ...queue, jobs }, effects: [], finished };
}

function effectOf(op: NvmOp, id: number): Effect {
  return op.tag === 'program'
    ? { tag: 'nvm.program', id, address: op.address, bytes: op.bytes }
    : { tag: 'nvm.erase', id, page: op.page };
}
