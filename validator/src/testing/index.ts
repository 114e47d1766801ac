export type { LittleBank, LittleFob, NewCustomer, NewFob } from './little-bank.ts';
export { littleBank } from './little-bank.ts';
export type { FoundSecret } from './secrets-at-rest.ts';
export { secretsAtRest } from './secrets-at-rest.ts';
