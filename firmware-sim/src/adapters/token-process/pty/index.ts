export { openPty } from '../open-pty.ts';
export { PtyUnavailableError } from '../pty-error.ts';
export type { PtyLine } from '../pty-line.ts';
export { WAITING_BYTES_MAX } from '../pty-line.ts';
