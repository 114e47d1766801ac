export type { CobsError } from './cobs.ts';
export { cobsDecode, cobsEncode, cobsEncodedMax } from './cobs.ts';
export { crc16Ibm3740 } from './crc16.ts';
export type { WireErrorName } from './error-codes.ts';
export { WIRE_ERRORS, wireErrorName } from './error-codes.ts';
export type { Fragment, FragmentError, FragmentPlace } from './fragment.ts';
export {
  decodeFragment,
  decodeFragmentPlace,
  encodeFragment,
  fragmentPlaceLayout,
  splitMessage,
} from './fragment.ts';
export type { Frame, FrameError } from './frame.ts';
export { decodeFrame, encodeFrame } from './frame.ts';
export type { WireErrorBody } from './frame-error.ts';
export { errorLayout } from './frame-error.ts';
export type { Hello } from './frame-hello.ts';
export { helloLayout } from './frame-hello.ts';
export type { HelloReply } from './frame-hello-reply.ts';
export { CAPABILITIES, helloReplyLayout } from './frame-hello-reply.ts';
export type { Next } from './frame-next.ts';
export { nextLayout } from './frame-next.ts';
export { FRAME_TYPES, isTokenFrameType } from './frame-types.ts';
export type { Wait } from './frame-wait.ts';
export { WAIT_REASONS, waitLayout } from './frame-wait.ts';
export type { AuthorityPayload, AuthorityPayloadError } from './handshake-payload.ts';
export { decodeAuthorityPayload, encodeAuthorityPayload } from './handshake-payload.ts';
export { hostExchangeStep } from './host-exchange.ts';
export type {
  BrokenRule,
  HostExchange,
  HostExchangeEffect,
  HostExchangeEvent,
  HostExchangeStep,
  HostReply,
  HostRequest,
  LinkFailure,
} from './host-exchange-state.ts';
export { hostExchangeStart } from './host-exchange-state.ts';
export {
  FRAGMENT_COUNT_MAX,
  FRAGMENT_HEADER_BYTES,
  FRAME_LIMIT_MAX,
  FRAME_LIMIT_MIN,
  FRAME_OVERHEAD_BYTES,
  isFrameLimit,
  MESSAGE_BYTES_MAX,
  WIRE_VERSION,
} from './limits.ts';
export type { PrekeyBlock } from './prekey-block.ts';
export { prekeyBlockLayout } from './prekey-block.ts';
export type { PrepareBody, PrepareError } from './prepare-body.ts';
export { decodePrepare, encodePrepare } from './prepare-body.ts';
export type { PreparePairing } from './prepare-pairing.ts';
export { preparePairingLayout } from './prepare-pairing.ts';
export type { PrepareProvision } from './prepare-provision.ts';
export { OTP_ALGORITHMS, OTP_MODES, prepareProvisionLayout } from './prepare-provision.ts';
export type { PrepareRevoke } from './prepare-revoke.ts';
export { prepareRevokeLayout } from './prepare-revoke.ts';
export type { PrepareUnlock } from './prepare-unlock.ts';
export { prepareUnlockLayout } from './prepare-unlock.ts';
export type { Reassembly, ReassemblyError, ReassemblyResult } from './reassembly.ts';
export { reassemblyAdd, reassemblyStart } from './reassembly.ts';
export type { Commit } from './session-commit.ts';
export { commitLayout } from './session-commit.ts';
export type { Discard } from './session-discard.ts';
export { discardLayout } from './session-discard.ts';
export type { Discarded } from './session-discarded.ts';
export { discardedLayout } from './session-discarded.ts';
export type { Done } from './session-done.ts';
export { doneLayout } from './session-done.ts';
export type { SessionMessage, SessionMessageError } from './session-message.ts';
export { decodeSessionMessage, encodeSessionMessage } from './session-message.ts';
export type { Ready } from './session-ready.ts';
export { readyLayout } from './session-ready.ts';
export type { Refused } from './session-refused.ts';
export { refusedLayout } from './session-refused.ts';
export type { StatusReply } from './session-status-reply.ts';
export { statusReplyLayout, TRANSACTION_STATES } from './session-status-reply.ts';
export { SESSION_TYPES } from './session-types.ts';
export type { FrameSplitter, SplitterResult, WireNoise } from './splitter.ts';
export { splitterIsInsideFrame, splitterPush, splitterReset, splitterStart } from './splitter.ts';
export {
  DAMAGE_PAUSE_MS,
  HELLO_ATTEMPTS_MAX,
  HELLO_TIMEOUT_MS,
  INTER_BYTE_TIMEOUT_MS,
  POLL_PAUSE_MAX_MS,
  POLL_PAUSE_MIN_MS,
  REPLY_TIMEOUT_MIN_MS,
  REPLY_TIMEOUT_OP_TIMES,
  RESENDS_MAX,
  replyTimeoutMs,
  TOKEN_BUDGET_MS,
  WAIT_TOTAL_MAX_MS,
} from './timing.ts';
export { tokenLinkStep } from './token-link.ts';
export type {
  TokenLink,
  TokenLinkEffect,
  TokenLinkEvent,
  TokenLinkStep,
  TokenReply,
  TokenRequest,
  TokenWork,
} from './token-link-state.ts';
export { tokenLinkStart } from './token-link-state.ts';
