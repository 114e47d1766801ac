export type { FactoryFileError } from './factory-files.ts';
export {
  decodeAnchor,
  decodeMadeToken,
  decodeMaker,
  encodeAnchor,
  encodeMadeToken,
  encodeMaker,
} from './factory-files.ts';
export type { MadeToken, TokenKind } from './made-token.ts';
export { makeToken } from './made-token.ts';
export type { BankAnchor, Maker, Validity } from './maker.ts';
export { issueAuthority, makeAnchor, makeMaker, signShippingManifest } from './maker.ts';
