export type { ScryptCost } from './bounded-scrypt.ts';
export { boundedScrypt, StretchQueueFullError } from './bounded-scrypt.ts';
