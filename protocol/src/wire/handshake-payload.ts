import type { Result } from '../bytes/index.ts';
import { assert, concatBytes, err, ok } from '../bytes/index.ts';
import { CERTIFICATE_BYTES, TICKET_BYTES } from '../keys/index.ts';

/** What the validator sends inside the third handshake message. Spec: docs/spec/wire.md, "Handshake payloads". */
export type AuthorityPayload = {
  /** 158 bytes. */
  readonly authorityCertificate: Uint8Array;
  /** 122 bytes. */
  readonly ticket: Uint8Array;
  /** A PREPARE body, or empty: then the session only asks for the status of the ticket's transaction. */
  readonly prepare: Uint8Array;
};

/** Why bytes are not an authority payload. */
export type AuthorityPayloadError = {
  readonly code: 'too_short';
  readonly foundBytes: number;
  readonly neededBytes: number;
};

const HEAD_BYTES = CERTIFICATE_BYTES + TICKET_BYTES;

/** The payload of the third handshake message. */
export function encodeAuthorityPayload(payload: AuthorityPayload): Uint8Array {
  assert(
    payload.authorityCertificate.length === CERTIFICATE_BYTES,
    'an authority certificate has its fixed size',
  );
  assert(payload.ticket.length === TICKET_BYTES, 'a ticket has its fixed size');
  return concatBytes(payload.authorityCertificate, payload.ticket, payload.prepare);
}

/** Cuts the payload of the third handshake message into its three parts; what each says is not looked at. Total. */
export function decodeAuthorityPayload(bytes: Uint8Array): Result<AuthorityPayload, AuthorityPayloadError> {
  if (bytes.length < HEAD_BYTES) {
    return err({ code: 'too_short', foundBytes: bytes.length, neededBytes: HEAD_BYTES });
  }
  return ok({
    authorityCertificate: bytes.slice(0, CERTIFICATE_BYTES),
    ticket: bytes.slice(CERTIFICATE_BYTES, HEAD_BYTES),
    prepare: bytes.slice(HEAD_BYTES),
  });
}
