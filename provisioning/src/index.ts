export type {
  Ceremony,
  CeremonyEffect,
  CeremonyEvent,
  CeremonyOutcome,
  CeremonyPhase,
  CeremonyProgress,
  CeremonyStep,
} from './core/ceremony.ts';
export { ceremonyStart, ceremonyStep, SESSIONS_MAX } from './core/ceremony.ts';
export { linkError } from './core/link-error.ts';
export type { OperatorError, OperatorErrorId } from './core/operator-error.ts';
export { isOperatorErrorId, OPERATOR_ERRORS, ProvisioningFailure } from './core/operator-error.ts';
export type {
  ProvisioningServer,
  SerialOperation,
  ServerAnswer,
  ServerPhase,
  ServerResult,
  SessionRequest,
} from './ports/provisioning-server.ts';
export type { SerialLink, SerialPorts } from './ports/serial-link.ts';
export type { Timer } from './ports/timer.ts';
export type { Answer, Conversation } from './runtime/conversation.ts';
export { converse } from './runtime/conversation.ts';
export type { DeviceInfo } from './runtime/device-info.ts';
export { deviceInfo } from './runtime/device-info.ts';
export type { DeviceEvent, ProvisionOptions } from './runtime/provision-device.ts';
export { provisionDevice, RECONNECT_MS } from './runtime/provision-device.ts';
export { systemTimer } from './runtime/system-timer.ts';
