export type { FaultPlan, InjectedFault, MemoryCall, MemoryOperation } from './fault-injection.ts';
export type { MemoryStoreOptions } from './memory-store.ts';
export { memoryStore } from './memory-store.ts';
export { withoutCompareAndSwap } from './naive-store.ts';
