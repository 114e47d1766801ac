import { seededEntropy } from '@chiavetta/protocol/testing';
import type { RecordTypes, Store } from '@chiavetta/validator';
import { memoryStore } from '@chiavetta/validator/memory';
import type { LittleBank } from '@chiavetta/validator/testing';
import { littleBank } from '@chiavetta/validator/testing';
import type { Subject, Target } from '../target.ts';
import { bankSubject } from './bank-subject.ts';

/** How the in-process target is made. */
export type InProcessOptions = {
  readonly seed: number;
  readonly name?: string;
  /** The store of each customer's bank; a store in memory whose operations take turns in a seeded order unless told. */
  readonly store?: (gate: () => Promise<void>) => Store<RecordTypes>;
};

/** Hops that one store operation waits at most: enough to let any other caller overtake. */
const HOPS_MAX = 8;

/** This validator's decisions and services without a process around them. Every customer has a bank of their own. */
export function inProcessTarget(options: InProcessOptions): Target {
  const { seed, name = 'in-process', store = (gate) => memoryStore<RecordTypes>({ gate }) } = options;
  const open: LittleBank[] = [];
  return {
    name,
    cannot: [],
    enrol: async (): Promise<Subject> => {
      await Promise.all(open.splice(0).map((bank) => bank.ports.store.close()));
      const bank = littleBank({ seed, store: store(seededTurns(seed)) });
      open.push(bank);
      return await bankSubject(bank);
    },
    close: async () => {
      await Promise.all(open.splice(0).map((bank) => bank.ports.store.close()));
    },
  };
}

/** Lets callers overtake each other in an order that follows from the seed. */
function seededTurns(seed: number): () => Promise<void> {
  const entropy = seededEntropy('qa turns', seed);
  return async () => {
    const hops = (entropy.randomBytes(1)[0] ?? 0) % HOPS_MAX;
    for (let hop = 0; hop < hops; hop += 1) await Promise.resolve();
  };
}
