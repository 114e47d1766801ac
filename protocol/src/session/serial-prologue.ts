import { asciiBytes, concatBytes } from '../bytes/index.ts';

/**
 * What both ends of a serial session must agree on before the first key: `"chiavetta/v1" || HELLO body ||
 * HELLO_REPLY body`. A PC that strips a version or a capability from either ends the handshake in a bad tag.
 */
export function serialPrologue(helloBody: Uint8Array, helloReplyBody: Uint8Array): Uint8Array {
  return concatBytes(asciiBytes('chiavetta/v1'), helloBody, helloReplyBody);
}
