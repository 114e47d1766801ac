/** The token's end of a serial line: a pseudo-terminal whose other end any program opens as a serial port. */
export interface PtyLine {
  /** Path of the device node that a host opens. */
  readonly path: string;
  /** Which way it was opened. */
  readonly through: 'node-pty' | 'socat';
  readonly onData: (listener: (bytes: Uint8Array) => void) => void;
  /**
   * Sends bytes to the host. Until the host has sent its first byte they wait, because a serial port flushes its input
   * when it is opened; of what waits, at most the last `WAITING_BYTES_MAX` bytes are kept.
   */
  readonly write: (bytes: Uint8Array) => void;
  /** Pulls the cable: the device node is gone afterwards. May be called twice. */
  readonly close: () => Promise<void>;
}

/** Most bytes that wait for a host. */
export const WAITING_BYTES_MAX: number = 64 * 1_024;

/** Holds back what is sent before the host spoke. */
export interface WaitingOutput {
  readonly send: (bytes: Uint8Array) => void;
  readonly hostSpoke: () => void;
}

/** Passes bytes on to `sink` once the host spoke; before that it keeps them, bounded. */
export function waitingOutput(sink: (bytes: Uint8Array) => void): WaitingOutput {
  let waiting: Uint8Array[] | undefined = [];
  let waitingBytes = 0;
  return {
    send: (bytes) => {
      if (waiting === undefined) {
        sink(bytes);
        return;
      }
      waiting.push(bytes.slice());
      waitingBytes += bytes.length;
      while (waitingBytes > WAITING_BYTES_MAX) waitingBytes -= waiting.shift()?.length ?? 0;
    },
    hostSpoke: () => {
      const kept = waiting ?? [];
      waiting = undefined;
      for (const bytes of kept) sink(bytes);
    },
  };
}
