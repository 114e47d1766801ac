export type { MadeToken, TokenKind } from './factory/index.ts';
export type { FobProfile } from './profiles/fob.ts';
export { FOB_PROFILES, fobProfile } from './profiles/fob.ts';
export type { OtcProfile } from './profiles/otc.ts';
export { OTC_PROFILE } from './profiles/otc.ts';
export type { Settled, VirtualToken } from './runtime/index.ts';
export { createVirtualToken, renderScreenText, replayTrace } from './runtime/index.ts';
