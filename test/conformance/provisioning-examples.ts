import { asciiBytes, concatBytes, toHex } from '@chiavetta/protocol/bytes';
import type { OperationCode, TokenSerial } from '@chiavetta/protocol/keys';
import {
  certificateFingerprint,
  customerHash,
  issueCertificate,
  issueTicket,
  OPERATIONS,
  signManifest,
  tokenSerial,
} from '@chiavetta/protocol/keys';
import type { SeedBytes } from '@chiavetta/protocol/session';
import {
  deriveProvisioning,
  noiseInitiator,
  noiseResponder,
  readMessage,
  readyMac,
  sealTransport,
  serialPrologue,
  sessionOf,
  writeMessage,
} from '@chiavetta/protocol/session';
import { nodeCrypto as crypto } from '@chiavetta/validator/node-crypto';
import { hexBytes } from './vector-file.ts';

type Given = ReadonlyMap<string, string>;
type Follows = Readonly<Record<string, string>>;

/** For each example of docs/spec/provisioning.md: what follows from the values that are printed in it. */
export const provisioningExamples: Readonly<Record<string, (given: Given) => Follows>> = {
  certificate: certificateExample,
  manifest: manifestExample,
  ticket: ticketExample,
  session: sessionExample,
  seed: seedExample,
};

function certificateExample(given: Given): Follows {
  const certificate = issueCertificate({
    crypto,
    issuerSecret: bytesIn(given, 'issuerSecret'),
    body: {
      model: numberIn(given, 'model'),
      serial: serialIn(given, 'serial'),
      firmware: numberIn(given, 'firmware'),
      batch: numberIn(given, 'batch'),
      ed25519: crypto.ed25519PublicKey(bytesIn(given, 'tokenEd25519Secret')),
      x25519: crypto.x25519PublicKey(bytesIn(given, 'tokenX25519Secret')),
      issuerId: numberIn(given, 'issuerId'),
      notBefore: numberIn(given, 'notBefore'),
      notAfter: numberIn(given, 'notAfter'),
    },
  });
  return {
    issuerPublicKey: toHex(crypto.ed25519PublicKey(bytesIn(given, 'issuerSecret'))),
    certificate: toHex(certificate),
    fingerprint: toHex(certificateFingerprint(crypto, certificate)),
  };
}

function manifestExample(given: Given): Follows {
  const manifest = signManifest({
    crypto,
    makerSecret: bytesIn(given, 'makerSecret'),
    manifest: {
      makerId: numberIn(given, 'makerId'),
      manifestId: numberIn(given, 'manifestId'),
      issuedAt: numberIn(given, 'issuedAt'),
      entries: [
        { serial: serialIn(given, 'serial'), certificateHash: bytesIn(given, 'certificateHash') },
        { serial: serialIn(given, 'nextSerial'), certificateHash: bytesIn(given, 'nextCertificateHash') },
      ],
    },
  });
  return { manifest: toHex(manifest) };
}

function ticketExample(given: Given): Follows {
  const hash = customerHash(crypto, textIn(given, 'customerId'));
  const ticket = issueTicket({
    crypto,
    ticketSecret: bytesIn(given, 'ticketSecret'),
    body: {
      operation: operationIn(given, 'operation'),
      serial: serialIn(given, 'serial'),
      slot: numberIn(given, 'slot'),
      customerHash: hash,
      approver1: numberIn(given, 'approver1'),
      approver2: numberIn(given, 'approver2'),
      issued: numberIn(given, 'issued'),
      expires: numberIn(given, 'expires'),
      nonce: bytesIn(given, 'nonce'),
    },
  });
  return { customerHash: toHex(hash), ticket: toHex(ticket) };
}

function sessionExample(given: Given): Follows {
  const prologue = serialPrologue(bytesIn(given, 'helloBody'), bytesIn(given, 'helloReplyBody'));
  const end = (name: string) => ({
    crypto,
    prologue,
    staticSecret: bytesIn(given, `${name}StaticSecret`),
    ephemeralSecret: bytesIn(given, `${name}EphemeralSecret`),
  });
  let [writer, reader] = [noiseInitiator(end('validator')), noiseResponder(end('token'))];
  const messages: string[] = [];
  for (const payload of [new Uint8Array(0), bytesIn(given, 'payload2'), bytesIn(given, 'payload3')]) {
    const written = writeMessage(crypto, writer, payload);
    const read = readMessage(crypto, reader, written.message);
    if (!read.ok) throw new Error(read.error.code);
    messages.push(toHex(written.message));
    [writer, reader] = [read.value.state, written.state];
  }
  const token = sessionOf(writer);
  const [message1 = '', message2 = '', message3 = ''] = messages;
  return {
    prologue: toHex(prologue),
    message1,
    message2,
    message3,
    handshakeHash: toHex(token.handshakeHash),
    validatorSendKey: toHex(token.transport.receiveKey),
    tokenSendKey: toHex(token.transport.sendKey),
    exporter: toHex(token.exporter),
    sealed: toHex(sealTransport(crypto, token.transport, bytesIn(given, 'plaintext')).sealed),
  };
}

function seedExample(given: Given): Follows {
  const txid = bytesIn(given, 'txid');
  const keys = deriveProvisioning(crypto, {
    exporter: bytesIn(given, 'exporter'),
    txid,
    serial: serialIn(given, 'serial'),
    seedEpoch: numberIn(given, 'seedEpoch'),
    seedBytes: seedBytesIn(given, 'seedBytes'),
  });
  const prepareBody = bytesIn(given, 'prepareBody');
  return {
    okm: toHex(concatBytes(keys.seed, keys.readyKey)),
    seed: toHex(keys.seed),
    readyKey: toHex(keys.readyKey),
    ready: toHex(readyMac(crypto, { readyKey: keys.readyKey, txid, prepareBody })),
  };
}

function textIn(given: Given, key: string): string {
  const text = given.get(key);
  if (text === undefined) throw new Error(`the example does not print ${key}`);
  return text;
}

/** Hexadecimal, or a text in quotes that stands for its ASCII bytes. */
function bytesIn(given: Given, key: string): Uint8Array {
  const text = textIn(given, key);
  return text.startsWith('"') ? asciiBytes(text.slice(1, -1)) : hexBytes(text);
}

function numberIn(given: Given, key: string): number {
  return Number(textIn(given, key));
}

function serialIn(given: Given, key: string): TokenSerial {
  const serial = tokenSerial(BigInt(textIn(given, key)));
  if (!serial.ok) throw new Error(serial.error.code);
  return serial.value;
}

function operationIn(given: Given, key: string): OperationCode {
  const found = Object.values(OPERATIONS).find((code) => code === numberIn(given, key));
  if (found === undefined) throw new Error(`${key} is no operation`);
  return found;
}

function seedBytesIn(given: Given, key: string): SeedBytes {
  const found = ([0, 20, 32] as const).find((byteCount) => byteCount === numberIn(given, key));
  if (found === undefined) throw new Error(`${key} is no size of a seed`);
  return found;
}
