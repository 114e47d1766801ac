/**
 * The optical one-time-code protocol, docs/spec/otc.md.
 *
 * Server: `sealPair1`, `sealPair2`, `sealLogin`, `sealTransaction`, `sealManagement`, `deadPayload`, and
 * `responseCodeFromKey` for the expected digits. Token: `readPayloadHeader` (which kind), then `openPair1`, `openPair2`
 * or `openChallenge` with every bound slot; `codeOfChallenge` for the digits. All pure: the caller stores what the
 * TSDoc of the result names, and only then shows anything.
 */

export type { BatchPayment } from './batch-digest.ts';
export { batchDigest } from './batch-digest.ts';
export type { ChallengeDigest } from './chain.ts';
export {
  COUNTER_SKIP_MAX,
  chainStep,
  chainSteps,
  challengeKey,
  responseCode,
  responseCodeFromKey,
  responseKey,
} from './chain.ts';
export { deadPayload } from './dead-payload.ts';
export { decDigits } from './dec-digits.ts';
export {
  GENERATION_MAX,
  generationBits,
  isGeneration,
  keptGeneration,
  NO_GENERATION,
  nextGeneration,
  sameGenerationBits,
} from './generation.ts';
export type { HeaderHint, HintedSlot, PayloadHeader } from './header.ts';
export { locatePayload, readPayloadHeader, SLOT_MAX, unmaskHeader } from './header.ts';
export type { Hedge, HedgePurpose } from './hedge.ts';
export { hedged } from './hedge.ts';
export type { LabelName } from './labels.ts';
export { LABELS } from './labels.ts';
export type { LoginContent, LoginFields } from './login-content.ts';
export { LOGIN_TEXT_BYTES_MAX, loginLayout } from './login-content.ts';
export type { ManagementContent, ManagementFields } from './management-content.ts';
export { LOCK_CODE_DIGITS, managementLayout } from './management-content.ts';
export type {
  ChallengeGeneration,
  ChallengePicture,
  ChallengeSlot,
  OpenedChallenge,
  OpenedLogin,
  OpenedManagement,
  OpenedPart,
  OpenedTransaction,
} from './open-challenge.ts';
export {
  codeOfChallenge,
  openChallenge,
  openLogin,
  openManagement,
  openTransaction,
} from './open-challenge.ts';
export type { OpenError } from './open-error.ts';
export type { OpenedPair1, Pair1Token } from './open-pair1.ts';
export { openPair1 } from './open-pair1.ts';
export type { OpenedPair2, Pair2Slot, PendingPairing } from './pair2.ts';
export { openPair2, sealPair2 } from './pair2.ts';
export type { Pair1Content, Pair1Fields, Pair2Content } from './pairing-content.ts';
export { LABEL_BYTES_MAX, pair1Layout, pair2Layout } from './pairing-content.ts';
export type { PairingKeys, PairingPublics, PairingSecrets } from './pairing-keys.ts';
export { code6Pair, code10, derivePairing, NO_PREKEY_ID, pairingPrk, pairMaskKey } from './pairing-keys.ts';
export type { ChallengeKind, PayloadKind } from './payload-kind.ts';
export {
  HEADER_BYTES,
  isPayloadSize,
  KIND_BYTES,
  PAYLOAD_BYTES_MAX,
  PAYLOAD_VERSION,
  payloadBytes,
  TAG_BYTES,
  TRANSACTION_BYTES_MIN,
} from './payload-kind.ts';
export type { PinPolicy } from './pin-policy.ts';
export { PIN_DIGITS } from './pin-policy.ts';
export type { PrekeyBlock, PrekeyError, PublicPrekey, SecretPrekey } from './prekeys.ts';
export {
  PREKEY_COUNT,
  PREKEY_ID_MODULUS,
  prekeyIdAfter,
  prekeysLeft,
  signPrekeys,
  verifyPrekeys,
} from './prekeys.ts';
export type { ChallengeJob, SealedChallenge, ServerGeneration } from './seal-challenge.ts';
export { sealLogin, sealManagement, sealTransaction } from './seal-challenge.ts';
export type { Pair1Job, SealedPair1 } from './seal-pair1.ts';
export { sealPair1 } from './seal-pair1.ts';
export type { TransactionContent } from './transaction-content.ts';
export { TRANSACTION_TEXT_BYTES_MAX, transactionFault } from './transaction-content.ts';
export { isWeakPin } from './weak-pin.ts';
