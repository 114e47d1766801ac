import type { VirtualToken } from '@chiavetta/firmware-sim';
import type { SerialLink, SerialPorts } from '@chiavetta/provisioning';
import { ProvisioningFailure } from '@chiavetta/provisioning';

/** One chunk of bytes that crossed the line. */
export type Crossing = { readonly from: 'host' | 'token'; readonly byteCount: number };

/** The cable between PC and token. It counts every byte of both directions and parts where it is told to. */
export interface CutLine {
  readonly ports: SerialPorts;
  readonly plug: (token: VirtualToken) => void;
  readonly unplug: () => void;
  readonly isPlugged: () => boolean;
  /** Bytes that have crossed so far, in both directions. */
  readonly byteCount: () => number;
  readonly crossings: () => readonly Crossing[];
  /** The PC is dead: nothing of what was under way reaches anybody. */
  readonly abandon: () => void;
}

type Open = { readonly hear: (bytes: Uint8Array) => void; readonly lose: () => void };

/**
 * `cutsAfter` are byte counts, rising: when so many bytes have crossed, the cable is out; the rest of the chunk is lost.
 * `onCut` is told at once.
 */
export function cutLine(options: {
  readonly cutsAfter: readonly number[];
  readonly onCut: () => void;
  /** Before and after each chunk: where a PC may be killed. */
  readonly onChunk: () => void;
}): CutLine {
  const { onCut, onChunk } = options;
  let cuts = [...options.cutsAfter];
  let byteCount = 0;
  let token: VirtualToken | undefined;
  let stopHearing = (): void => undefined;
  let open: Open | undefined;
  const crossings: Crossing[] = [];

  const lose = (): void => {
    stopHearing();
    token = undefined;
    const lost = open;
    open = undefined;
    lost?.lose();
  };
  /** What of a chunk gets across before the cable is out. */
  const cross = (from: Crossing['from'], bytes: Uint8Array, deliver: (part: Uint8Array) => void): void => {
    const [cut] = cuts;
    const isCut = cut !== undefined && cut <= byteCount + bytes.length;
    const part = isCut ? bytes.subarray(0, Math.max(0, cut - byteCount)) : bytes;
    if (isCut) cuts = cuts.slice(1);
    byteCount += part.length;
    crossings.push({ from, byteCount: part.length });
    if (part.length > 0) deliver(part);
    if (!isCut) return;
    lose();
    onCut();
  };
  const openPort = (): SerialLink => {
    const listeners: { hear: (bytes: Uint8Array) => void; gone: () => void } = {
      hear: () => undefined,
      gone: () => undefined,
    };
    let isGone = false;
    const port: Open = {
      hear: (bytes) => listeners.hear(bytes),
      lose: () => {
        isGone = true;
        // The system tells of a lost port later, never inside a call.
        queueMicrotask(() => listeners.gone());
      },
    };
    open = port;
    return {
      write: (bytes) => {
        onChunk();
        const plugged = token;
        if (plugged === undefined || open !== port) return;
        cross('host', bytes.slice(), (part) => plugged.receive(part));
        onChunk();
      },
      onBytes: (listener) => {
        listeners.hear = listener;
      },
      onGone: (listener) => {
        listeners.gone = listener;
        if (isGone) queueMicrotask(listener);
      },
      close: async () => {
        if (open === port) open = undefined;
      },
    };
  };
  return {
    ports: {
      open: async (path) => {
        if (token === undefined) throw new ProvisioningFailure({ id: 'PORT_NOT_FOUND', fields: { path } });
        return openPort();
      },
    },
    plug: (plugged) => {
      stopHearing();
      token = plugged;
      stopHearing = plugged.onTransmit((bytes) => {
        const sent = bytes.slice();
        // A line delivers after the sender has gone on.
        queueMicrotask(() => {
          if (token !== plugged) return;
          cross('token', sent, (part) => open?.hear(part));
          onChunk();
        });
      });
    },
    unplug: lose,
    isPlugged: () => token !== undefined,
    byteCount: () => byteCount,
    crossings: () => [...crossings],
    abandon: () => {
      open = undefined;
    },
  };
}
