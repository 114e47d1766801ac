import type { Law } from './law.ts';
import { noOracle } from './laws/no-oracle.ts';
import { noReturn } from './laws/no-return.ts';
import { oneSession } from './laws/one-session.ts';

/** Every law of the kit, in the order in which a run asks them. */
export const LAWS: readonly Law[] = [oneSession, noReturn, noOracle];
