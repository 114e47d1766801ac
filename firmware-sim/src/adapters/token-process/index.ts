export type { TokenProcess, TokenProcessOptions } from './run-token-process.ts';
export { runTokenProcess } from './run-token-process.ts';
