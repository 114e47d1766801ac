import { asciiBytes, assert } from '@chiavetta/protocol/bytes';
import type { OperationCode, TokenSerial } from '@chiavetta/protocol/keys';
import { issueTicket, tokenSerial } from '@chiavetta/protocol/keys';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { BankAnchor, MadeToken, Maker, TokenKind } from '../factory/index.ts';
import { issueAuthority, makeAnchor, makeMaker, makeToken } from '../factory/index.ts';

/** A maker and a bank with fixed keys, for tests. */
export type BenchBank = {
  readonly maker: Maker;
  readonly anchor: BankAnchor;
  readonly ticketSecret: Uint8Array;
  readonly noiseSecret: Uint8Array;
  readonly authorityCertificate: Uint8Array;
};

/** A bank whose keys follow from its name. */
export function benchBank(name = 'bench'): BenchBank {
  const crypto = nobleCrypto;
  const anchor = makeAnchor(crypto.sha256(asciiBytes(`${name} anchor`)));
  const ticketSecret = crypto.sha256(asciiBytes(`${name} ticket`));
  const noiseSecret = crypto.sha256(asciiBytes(`${name} noise`));
  const authorityCertificate = issueAuthority(anchor, {
    authorityId: 7,
    ticketPublicKey: crypto.ed25519PublicKey(ticketSecret),
    noisePublicKey: crypto.x25519PublicKey(noiseSecret),
  });
  const maker = makeMaker(crypto.sha256(asciiBytes(`${name} maker`)));
  return { maker, anchor, ticketSecret, noiseSecret, authorityCertificate };
}

/** A serial from a number. */
export function benchSerial(value: bigint): TokenSerial {
  const serial = tokenSerial(value);
  assert(serial.ok, 'the serial of a test is one');
  return serial.value;
}

/** A token of the bank, fresh from the factory. */
export function benchToken(
  bank: BenchBank,
  options: { readonly kind?: TokenKind; readonly profile?: string; readonly serial?: bigint } = {},
): MadeToken {
  const { kind = 'fob', profile, serial = 4_711n } = options;
  return makeToken({
    maker: bank.maker,
    anchorPublicKey: bank.anchor.publicKey,
    kind,
    serial: benchSerial(serial),
    ...(profile === undefined ? {} : { profile }),
    entropy: nobleCrypto.sha256(asciiBytes(`token ${serial}`)),
  });
}

/** A ticket of the bank. `txid` names the transaction by one byte. */
export function benchTicket(
  bank: BenchBank,
  ticket: {
    readonly operation: OperationCode;
    readonly serial: TokenSerial;
    readonly txid: number;
    readonly slot?: number;
    readonly issued?: number;
    readonly ticketSecret?: Uint8Array;
  },
): Uint8Array {
  const { operation, serial, txid, slot = 0, issued = 1_800_000_000 } = ticket;
  return issueTicket({
    crypto: nobleCrypto,
    ticketSecret: ticket.ticketSecret ?? bank.ticketSecret,
    body: {
      operation,
      serial,
      slot,
      customerHash: new Uint8Array(16),
      approver1: 1,
      approver2: 2,
      issued,
      expires: issued + 300,
      nonce: benchTxid(txid),
    },
  });
}

/** A transaction id from one byte. */
export function benchTxid(txid: number): Uint8Array {
  return new Uint8Array(16).fill(txid);
}
