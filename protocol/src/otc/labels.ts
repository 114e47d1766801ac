import { asciiBytes } from '../bytes/index.ts';

/** What each label is for. */
export type LabelName =
  | 'pairSalt'
  | 'pairMaskSalt'
  | 'pairHeader'
  | 'pair1Aead'
  | 'code10'
  | 'root'
  | 'header'
  | 'pair2Aead'
  | 'code6Pair'
  | 'chain'
  | 'responseSecret'
  | 'chainStep'
  | 'challengeAead'
  | 'challengeResponse'
  | 'response'
  | 'batch'
  | 'prekeys'
  | 'hedgeNonce'
  | 'hedgeEphemeral';

/** Every domain-separation label of the optical protocol, ASCII without NUL: docs/spec/otc.md §5. */
export const LABELS: Readonly<Record<LabelName, Uint8Array>> = {
  pairSalt: asciiBytes('otc/v1/pair'),
  pairMaskSalt: asciiBytes('otc/v1/pair mask'),
  pairHeader: asciiBytes('otc/v1 pair header'),
  pair1Aead: asciiBytes('otc/v1 pair1 aead'),
  code10: asciiBytes('otc/v1 code10'),
  root: asciiBytes('otc/v1 root'),
  header: asciiBytes('otc/v1 header'),
  pair2Aead: asciiBytes('otc/v1 pair2 aead'),
  code6Pair: asciiBytes('otc/v1 code6 pair'),
  chain: asciiBytes('otc/v1 chain'),
  responseSecret: asciiBytes('otc/v1 resp secret'),
  chainStep: asciiBytes('otc/v1 chain step'),
  challengeAead: asciiBytes('otc/v1 ch aead'),
  challengeResponse: asciiBytes('otc/v1 ch resp'),
  response: asciiBytes('otc/v1 resp'),
  batch: asciiBytes('otc/v1 batch'),
  prekeys: asciiBytes('otc/v1 prekeys'),
  hedgeNonce: asciiBytes('nonce'),
  hedgeEphemeral: asciiBytes('e'),
};
