/** What is to be done with the token; the names of docs/spec/provisioning.md. */
export type SerialOperation = 'provision' | 'bind' | 'unlock' | 'reset' | 'rekey' | 'revoke';

/** Where the validator stands with a token. From `prepare` on the token may hold something staged. */
export type ServerPhase = 'handshake' | 'prepare' | 'commit' | 'done';

export type ServerResult = {
  /** Twelve digits. */
  readonly serial: string;
  readonly deviceState: string;
  /** `discarded`: an older, interrupted attempt was undone; the operation itself is still to be done. */
  readonly outcome: 'done' | 'recovered' | 'discarded';
  readonly prekeysLeft?: number;
};

export type ServerAnswer = {
  readonly sessionId: string;
  /** The next opaque message for the token; undefined when there is none. */
  readonly frame: Uint8Array | undefined;
  readonly phase: ServerPhase;
  readonly result?: ServerResult;
};

export type SessionRequest = {
  readonly operation: SerialOperation;
  readonly requestId?: string;
  readonly expectedSerial?: string;
  /** Bodies of HELLO and of its reply, as they crossed the line. */
  readonly hello: Uint8Array;
  readonly helloReply: Uint8Array;
};

/** The validator, as the branch PC sees it: it opens sessions and gives opaque messages. */
export interface ProvisioningServer {
  /** @throws ProvisioningFailure with the server's own id where it has one */
  open(request: SessionRequest): Promise<ServerAnswer>;
  frame(sessionId: string, frame: Uint8Array): Promise<ServerAnswer>;
}
