export { boundedScrypt } from './bounded-scrypt.ts';
