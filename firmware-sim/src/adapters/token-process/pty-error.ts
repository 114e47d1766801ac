/** No pseudo-terminal could be opened on this machine. */
export class PtyUnavailableError extends Error {
  override readonly name: string = 'PtyUnavailableError';
  readonly code = 'PTY_UNAVAILABLE';

  constructor(cause: unknown) {
    super(
      'A virtual token needs a pseudo-terminal, and none could be opened. ' +
        'Install the optional packages of @lydell/node-pty (npm install without --omit=optional) or the program socat.',
      { cause },
    );
  }
}
