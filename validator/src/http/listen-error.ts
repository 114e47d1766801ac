import { isIP } from 'node:net';
import { ChiavettaError } from '../ports/failure.ts';

/** The validator cannot listen where it was told to; nothing was started. */
export class ListenError extends ChiavettaError<'ADDRESS_IN_USE' | 'ADDRESS_NOT_LOCAL' | 'ADDRESS_REFUSED'> {
  override readonly name: string = 'ListenError';
  readonly fields: Readonly<Record<string, string>>;

  constructor(
    code: 'ADDRESS_IN_USE' | 'ADDRESS_NOT_LOCAL' | 'ADDRESS_REFUSED',
    address: string,
    cause?: unknown,
  ) {
    super({ code, ...WORDS[code](address), cause });
    this.fields = { address };
  }
}

const WORDS = {
  ADDRESS_IN_USE: (address: string) => ({
    message: `Another program listens on ${address}.`,
    next: 'Choose another port.',
  }),
  ADDRESS_NOT_LOCAL: (address: string) => ({
    message: `${address} can be reached from other machines, and the validator speaks plain HTTP.`,
    next: 'Listen on this machine only, or say that a TLS proxy stands before it.',
  }),
  ADDRESS_REFUSED: (address: string) => ({
    message: `This machine does not let the validator listen on ${address}.`,
    next: 'Check the address and the port; ports below 1024 need a permission.',
  }),
} as const;

/** Whether only programs of this machine reach the address. A name is not looked up: it could change. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost';
}

/** What the system said about listening, in plain words; everything else stays what it is. */
export function asListenError(address: string, failure: unknown): unknown {
  const code = failure instanceof Error && 'code' in failure ? failure.code : undefined;
  if (code === 'EADDRINUSE') return new ListenError('ADDRESS_IN_USE', address, failure);
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return new ListenError('ADDRESS_REFUSED', address, failure);
  return failure;
}
