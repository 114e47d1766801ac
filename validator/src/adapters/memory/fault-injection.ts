import { StoreError } from '../../ports/failure.ts';

/** The operations of a memory store that can be made to fail. */
export type MemoryOperation =
  | 'read'
  | 'readMany'
  | 'list'
  | 'commit'
  | 'audit'
  | 'checkpoint'
  | 'outbox.claim'
  | 'outbox.done';

/** `fail_after` fails although the operation was done, as when a connection is lost at the commit. */
export type InjectedFault = 'none' | 'fail_before' | 'fail_after' | 'conflict';

/** One call of an operation; `number` counts all calls of the store from 0. */
export type MemoryCall = { readonly operation: MemoryOperation; readonly number: number };

/** What a test may do to each call. */
export type FaultPlan = {
  /** Which fault the call meets; `conflict` concerns commits only. */
  readonly fault?: (call: MemoryCall) => InjectedFault;
  /** Waited for before the call is done: where a test decides who goes first. */
  readonly gate?: (call: MemoryCall) => Promise<void>;
};

/** Runs operations under a plan; every one of them answers later, never at once. */
export function underPlan(
  plan: FaultPlan,
): <T>(operation: MemoryOperation, act: (fault: InjectedFault) => T) => Promise<T> {
  let callCount = 0;
  return async (operation, act) => {
    const call = { operation, number: callCount };
    callCount += 1;
    await plan.gate?.(call);
    const fault = plan.fault?.(call) ?? 'none';
    if (fault === 'fail_before') throw injected(call);
    const answer = act(fault);
    if (fault === 'fail_after') throw injected(call);
    return answer;
  };
}

function injected(call: MemoryCall): StoreError {
  return new StoreError({
    code: 'STORE_FAILED',
    message: `The store failed at operation ${call.number} (${call.operation}).`,
    next: 'Read again: the change may have been applied.',
  });
}
