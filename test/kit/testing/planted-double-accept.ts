import type { RecordTypes } from '@chiavetta/validator';
import { memoryStore, withoutCompareAndSwap } from '@chiavetta/validator/memory';
import type { Target, TargetOptions } from '../target.ts';
import { inProcessTarget } from '../targets/in-process.ts';

/** This validator over a store that reads, verifies and then writes: of callers at the same time, several are let in. */
export async function openTarget({ name, seed }: TargetOptions): Promise<Target> {
  return inProcessTarget({
    name,
    seed,
    store: (gate) => withoutCompareAndSwap(memoryStore<RecordTypes>({ gate })),
  });
}
