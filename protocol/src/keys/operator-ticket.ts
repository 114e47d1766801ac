import type { Layout, LayoutError, Result } from '../bytes/index.ts';
import {
  asciiBytes,
  assert,
  concatBytes,
  err,
  fieldBytes,
  fieldU8,
  fieldU32,
  layout,
  ok,
} from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { isSigned, SIGNATURE_BYTES, signBytes } from './signed-bytes.ts';
import type { TokenSerial } from './token-serial.ts';
import { fieldSerial } from './token-serial.ts';

/** What a ticket allows, as the byte that stands for it. */
export const OPERATIONS = {
  provision: 1,
  bind: 2,
  unlock: 3,
  reset: 4,
  rekey: 5,
  revoke: 6,
  export: 7,
} as const;

/** The byte of one operation. */
export type OperationCode = (typeof OPERATIONS)[keyof typeof OPERATIONS];

/** Size of every ticket. */
export const TICKET_BYTES = 122;

/** Longest time between issue and expiry of a ticket, in seconds. */
export const TICKET_LIFETIME_S_MAX = 300;

/** What a ticket says before it is signed. */
export type TicketBody = {
  readonly operation: OperationCode;
  readonly serial: TokenSerial;
  readonly slot: number;
  /** `customerHash`, 16 bytes; zeros for an operation without a customer. */
  readonly customerHash: Uint8Array;
  /** Number of the person who asked. */
  readonly approver1: number;
  /** Number of the person who approved. */
  readonly approver2: number;
  /** Seconds since 1970. */
  readonly issued: number;
  /** Seconds since 1970; at most 300 after `issued`. */
  readonly expires: number;
  /** 16 bytes: the transaction id (txid) of what the ticket allows. */
  readonly nonce: Uint8Array;
};

/** An operator's permission for one operation on one token: docs/spec/provisioning.md, "Operator ticket". */
export type OperatorTicket = TicketBody & {
  /** 64 bytes. */
  readonly signature: Uint8Array;
};

/** Why a ticket is refused. */
export type TicketError =
  | LayoutError
  | { readonly code: 'bad_lifetime'; readonly lifetimeS: number; readonly lifetimeSMax: number }
  | { readonly code: 'bad_signature' };

const SIGNED_LABEL = 'chiavetta/v1 ticket';
const CUSTOMER_LABEL = 'otc/v1/customer';
const CUSTOMER_HASH_BYTES = 16;

/** The 122 bytes as a table. */
export const ticketLayout: Layout<OperatorTicket> = layout('ticket', {
  operation: {
    byteCount: 1,
    encode: fieldU8.encode,
    decode: (bytes) => {
      const operation = Object.values(OPERATIONS).find((code) => code === bytes[0]);
      return operation === undefined ? err('out_of_range') : ok(operation);
    },
  },
  serial: fieldSerial,
  slot: fieldU8,
  customerHash: fieldBytes(CUSTOMER_HASH_BYTES),
  approver1: fieldU32,
  approver2: fieldU32,
  issued: fieldU32,
  expires: fieldU32,
  nonce: fieldBytes(16),
  signature: fieldBytes(SIGNATURE_BYTES),
});

/** Signs a ticket: 122 bytes. */
export function issueTicket(options: {
  readonly crypto: Crypto;
  /** Ed25519 secret of the authority, 32 bytes. */
  readonly ticketSecret: Uint8Array;
  readonly body: TicketBody;
}): Uint8Array {
  const { issued, expires } = options.body;
  assert(
    expires >= issued && expires - issued <= TICKET_LIFETIME_S_MAX,
    'a ticket lives for five minutes at most',
  );
  const unsigned = ticketLayout.encode({ ...options.body, signature: new Uint8Array(SIGNATURE_BYTES) });
  return signBytes({
    crypto: options.crypto,
    secret: options.ticketSecret,
    label: SIGNED_LABEL,
    body: unsigned.subarray(0, TICKET_BYTES - SIGNATURE_BYTES),
  });
}

/**
 * Reads a ticket and checks its signature and its lifetime. Total. Age, single use and approvals are the
 * validator's to enforce; serial, slot, operation and the order of issue are the token's.
 */
export function verifyTicket(options: {
  readonly crypto: Crypto;
  readonly ticket: Uint8Array;
  /** Ed25519 key of the authority certificate. */
  readonly ticketPublicKey: Uint8Array;
}): Result<OperatorTicket, TicketError> {
  const { crypto, ticket, ticketPublicKey } = options;
  const decoded = ticketLayout.decode(ticket);
  if (!decoded.ok) return decoded;
  if (!isSigned({ crypto, publicKey: ticketPublicKey, label: SIGNED_LABEL, bytes: ticket })) {
    return err({ code: 'bad_signature' });
  }
  const lifetimeS = decoded.value.expires - decoded.value.issued;
  if (lifetimeS < 0 || lifetimeS > TICKET_LIFETIME_S_MAX) {
    return err({ code: 'bad_lifetime', lifetimeS, lifetimeSMax: TICKET_LIFETIME_S_MAX });
  }
  return decoded;
}

/** The 16 bytes that stand for a customer in a ticket. The id is ASCII. */
export function customerHash(crypto: Crypto, customerId: string): Uint8Array {
  return crypto
    .sha256(concatBytes(asciiBytes(CUSTOMER_LABEL), asciiBytes(customerId)))
    .slice(0, CUSTOMER_HASH_BYTES);
}
