import { toHex, u16 } from '@chiavetta/protocol/bytes';
import type { PrepareBody, SessionMessage } from '@chiavetta/protocol/wire';
import {
  cobsEncode,
  crc16Ibm3740,
  encodeFragment,
  encodeFrame,
  encodePrepare,
  encodeSessionMessage,
} from '@chiavetta/protocol/wire';
import type { SpecExample } from './spec-document.ts';
import { hexBytes } from './vector-file.ts';

/** Recomputes the result of an example of docs/spec/wire.md from the values printed above it, in hexadecimal. */
export function wireExampleResult({ name: kind, given }: SpecExample): string {
  const text = (name: string): string => {
    const value = given.get(name);
    if (value === undefined) throw new Error(`the example has no line "${name}"`);
    return value;
  };
  const bytes = (name: string): Uint8Array => hexBytes(text(name));
  const byte = (name: string): number => Number.parseInt(text(name), 16);
  const decimal = (name: string): number => Number(text(name));
  switch (kind) {
    case 'crc':
      return toHex(u16(crc16Ibm3740(bytes('bytes'))));
    case 'cobs':
      return toHex(cobsEncode(bytes('bytes')));
    case 'frame':
      return toHex(encodeFrame({ type: byte('type'), seq: byte('seq'), body: bytes('body') }));
    case 'fragment':
      return toHex(encodeFragment({ index: byte('index'), total: byte('total'), bytes: bytes('bytes') }));
    case 'prepare':
      return toHex(encodePrepare(prepareOf(text, decimal, bytes)));
    case 'session':
      return toHex(encodeSessionMessage(messageOf(text('message'), decimal, bytes)));
    default:
      throw new Error(`no rule for an example of kind "${kind}"`);
  }
}

function prepareOf(
  text: (name: string) => string,
  decimal: (name: string) => number,
  bytes: (name: string) => Uint8Array,
): PrepareBody {
  if (text('operation') === 'bind') {
    return {
      tag: 'bind',
      seedEpoch: decimal('seedEpoch'),
      slot: decimal('slot'),
      keyId: decimal('keyId'),
      serverKey: bytes('serverKey'),
      hintKey: bytes('hintKey'),
      label: text('label'),
      customerLabel: text('customerLabel'),
    };
  }
  if (text('operation') !== 'provision') throw new Error(`no rule for an example of ${text('operation')}`);
  return {
    tag: 'provision',
    seedEpoch: decimal('seedEpoch'),
    algorithm: decimal('algorithm'),
    mode: decimal('mode'),
    digits: decimal('digits'),
    stepSeconds: decimal('stepSeconds'),
  };
}

function messageOf(
  name: string,
  decimal: (name: string) => number,
  bytes: (name: string) => Uint8Array,
): SessionMessage {
  switch (name) {
    case 'commit':
      return { tag: 'commit', txid: bytes('txid') };
    case 'done':
      return { tag: 'done', txid: bytes('txid'), seedEpoch: decimal('seedEpoch') };
    case 'refused':
      return { tag: 'refused', code: decimal('code') };
    default:
      throw new Error(`no rule for an example of ${name}`);
  }
}
