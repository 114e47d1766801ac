const POLYNOMIAL = 0x1021;
const INITIAL = 0xffff;

/**
 * CRC-16/IBM-3740: polynomial 0x1021, initial value 0xFFFF, no reflection, no final XOR.
 * It finds damage on the line, never malice. Spec: docs/spec/wire.md, "Frame".
 */
export function crc16Ibm3740(bytes: Uint8Array): number {
  let crc = INITIAL;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ POLYNOMIAL) & 0xffff;
    }
  }
  return crc;
}
