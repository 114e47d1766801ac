export type { LittleBank, LittleFob, NewCustomer, NewFob } from './little-bank.ts';
export { littleBank } from './little-bank.ts';
