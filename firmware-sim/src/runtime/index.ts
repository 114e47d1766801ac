export type { BatteryLevel, Key, Screen } from '../core/device.ts';
export type { CutMoment } from './machine.ts';
export { renderScreenText } from './render-screen.ts';
export type { ReplayError, ReplayResult } from './replay.ts';
export { replayTrace, replayTraceSteps } from './replay-trace.ts';
export type { SecretReference, TracedEvent, TraceLine, TraceSecrets } from './trace.ts';
export { TRACE_VERSION } from './trace.ts';
export type {
  Settled,
  ShownPicture,
  TokenFaults,
  VirtualToken,
  VirtualTokenOptions,
} from './virtual-token.ts';
export { createVirtualToken, KEY_HOLD_MS, POWER_ON_HOLD_MS } from './virtual-token.ts';
