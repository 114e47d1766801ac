import type { Hex } from './otc-primitives.ts';
import { uint } from './otc-primitives.ts';

/** Frames of the serial line in hexadecimal, written from docs/spec/wire.md, "Frame", alone. */
export type ReferenceFrame = { readonly type: Hex; readonly seq: Hex; readonly body: Hex; readonly crc: Hex };

/** A frame as it goes on the line, with its two zero bytes. */
export function frameOnLine(type: Hex, seq: Hex, body: Hex): Hex {
  const content = type + seq + body;
  return `00${cobs(content + check(content))}00`;
}

/** What stood between two zero bytes; `undefined` for anything that is no frame. */
export function frameFrom(encoded: Hex): ReferenceFrame | undefined {
  const content = uncobs(encoded);
  if (content === undefined || content.length < 8) return undefined;
  const crc = content.slice(-4);
  if (check(content.slice(0, -4)) !== crc) return undefined;
  return { type: content.slice(0, 2), seq: content.slice(2, 4), body: content.slice(4, -4), crc };
}

/** The complement of CRC-16 with polynomial 0x1021 and initial value 0xFFFF, bits not reflected. */
function check(content: Hex): Hex {
  let crc = 0xffff;
  for (const byte of pairs(content)) {
    crc ^= Number.parseInt(byte, 16) << 8;
    for (let bit = 0; bit < 8; bit += 1)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return uint(crc ^ 0xffff, 2);
}

function cobs(content: Hex): Hex {
  let encoded = '';
  let block: string[] = [];
  let isFull = false;
  for (const byte of pairs(content)) {
    isFull = false;
    if (byte !== '00') block.push(byte);
    if (byte !== '00' && block.length < 254) continue;
    isFull = byte !== '00';
    encoded += uint(block.length + 1, 1) + block.join('');
    block = [];
  }
  return isFull ? encoded : encoded + uint(block.length + 1, 1) + block.join('');
}

function uncobs(encoded: Hex): Hex | undefined {
  const bytes = pairs(encoded);
  let content = '';
  for (let at = 0; at < bytes.length; ) {
    const code = Number.parseInt(bytes[at] ?? '', 16);
    if (code === 0 || at + code > bytes.length) return undefined;
    content += bytes.slice(at + 1, at + code).join('');
    at += code;
    if (code < 255 && at < bytes.length) content += '00';
  }
  return cobs(content) === encoded ? content : undefined;
}

function pairs(text: Hex): readonly string[] {
  return text.match(/../g) ?? [];
}
