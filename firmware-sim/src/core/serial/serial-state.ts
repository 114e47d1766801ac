import type { OperationCode } from '@chiavetta/protocol/keys';
import type { NoiseState, TransportState } from '@chiavetta/protocol/session';
import type { PrepareBody, SessionMessage, TokenLink } from '@chiavetta/protocol/wire';
import { tokenLinkStart } from '@chiavetta/protocol/wire';
import type { Screen } from '../device.ts';

/** What a verified ticket allows in the session that it came in. */
export type SerialPermit = {
  readonly operation: OperationCode;
  /** The ticket's nonce, 16 bytes. */
  readonly txid: Uint8Array;
  /** Seconds since 1970, as the authority's clock said. */
  readonly issuedS: number;
};

/** How far a serial session is. Plain data; it holds session keys while one is open. */
export type SerialPhase =
  /** No HELLO yet, or CLOSE. */
  | { readonly tag: 'closed' }
  /** A HELLO was answered: the next message begins a handshake. */
  | { readonly tag: 'greeted'; readonly prologue: Uint8Array }
  /** The certificate was sent: the next message is the third. */
  | { readonly tag: 'handshake'; readonly noise: NoiseState }
  /** A person is asked for OK; the host polls. */
  | { readonly tag: 'asking'; readonly asking: SerialAsking }
  /** Open: COMMIT or DISCARD of the permit's transaction. */
  | { readonly tag: 'open'; readonly transport: TransportState; readonly permit: SerialPermit }
  /** A tag failed or the permission was refused: only a new HELLO helps. */
  | { readonly tag: 'dead' };

/** An operation that waits for a person. */
export type SerialAsking = {
  readonly requestNumber: number;
  readonly screen: Screen;
  readonly prepare: PrepareBody;
  readonly prepareBody: Uint8Array;
  readonly permit: SerialPermit;
  readonly exporter: Uint8Array;
  readonly transport: TransportState;
};

/** The serial side of a device: plain data. */
export type SerialState = {
  readonly link: TokenLink;
  readonly phase: SerialPhase;
  /** Flash is being written for a session: until it is acknowledged the line is not heard, and the host sends again. */
  readonly writing: boolean;
};

/** What the serial core goes on with when its flash writes are acknowledged. */
export type SerialThen =
  /** Sends the message, if its session is still there. */
  | { readonly tag: 'answer'; readonly requestNumber: number; readonly message: SessionMessage }
  /** The commit word is flipped: the operation is applied. */
  | { readonly tag: 'flipped'; readonly requestNumber: number };

/** The serial side at power-on. */
export function serialStart(frameLimitBytes: number): SerialState {
  return {
    link: tokenLinkStart({ frameLimitBytes }),
    phase: { tag: 'closed' },
    writing: false,
  };
}

/** The screen that asks a person for OK, while one is asked. */
export function serialAsking(serial: SerialState): Screen | undefined {
  return serial.phase.tag === 'asking' ? serial.phase.asking.screen : undefined;
}
