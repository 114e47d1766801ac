export type { Counter, CounterError } from './counter.ts';
export { counter, counterAfter } from './counter.ts';
export type { OtpDigits } from './dynamic-truncation.ts';
export { decimalCode, dynamicTruncation } from './dynamic-truncation.ts';
export type { HotpInput } from './hotp.ts';
export { hotp } from './hotp.ts';
export type { TimeStepInput, TotpInput } from './totp.ts';
export { timeStepAt, totp } from './totp.ts';
