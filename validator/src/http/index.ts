export type { LogOptions } from './api-log.ts';
export type { FirstPeople } from './first-people.ts';
export { ListenError } from './listen-error.ts';
export type { RunningValidator, StartOptions } from './start-validator.ts';
export { startValidator } from './start-validator.ts';
