export type { Clock } from './clock.ts';
export type { AeadContext, Crypto, HmacHash } from './crypto.ts';
export type { Entropy } from './entropy.ts';
export type { DecodedMatrix, MatrixDecoder, MatrixReadError, RgbaFrame } from './matrix-decoder.ts';
export { nobleCrypto } from './noble-crypto.ts';
