export type { ControlClient } from '../control-client.ts';
export { controlClient } from '../control-client.ts';
export type {
  ControlErrorId,
  ControlMethod,
  ControlRequest,
  ControlResponse,
  ControlResult,
  TokenInfo,
} from '../control-protocol.ts';
export { CONTROL_METHODS, ControlError } from '../control-protocol.ts';
export type { ControlHandler, ControlServer } from '../control-server.ts';
export { serveControl } from '../control-server.ts';
