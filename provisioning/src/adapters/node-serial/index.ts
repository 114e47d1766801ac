export type { ListedPort } from './list-ports.ts';
export { listPorts } from './list-ports.ts';
export { nodeSerialPorts } from './node-serial-ports.ts';
export { checkedDevicePath } from './port-checks.ts';
