export type { NoiseError } from './noise-error.ts';
export { NOISE_MESSAGE_BYTES_MAX } from './noise-error.ts';
export type { NoiseSession, NoiseStart, NoiseState } from './noise-handshake.ts';
export {
  noiseInitiator,
  noiseResponder,
  readMessage,
  remoteStaticOf,
  sessionOf,
  writeMessage,
} from './noise-handshake.ts';
export { NOISE_PROTOCOL_NAME } from './noise-symmetric-state.ts';
export type { TransportState } from './noise-transport.ts';
export { openTransport, sealTransport, TRANSPORT_MESSAGE_COUNT_MAX } from './noise-transport.ts';
export type { ProvisioningKeys, SeedBytes } from './provisioning-keys.ts';
export { deriveProvisioning, readyMac } from './provisioning-keys.ts';
export { serialPrologue } from './serial-prologue.ts';
