import { randomInt } from 'node:crypto';
import { formatSerial, tokenSerial } from '@chiavetta/protocol/keys';
import type { HelloReply } from '@chiavetta/protocol/wire';
import { provisioning, serialPorts } from '../compose.ts';
import type { Home } from '../home.ts';
import { Failure } from '../output/failure.ts';
import { orderToken, runningTokens } from '../sim/running-tokens.ts';

/** A line that a token may be on. A running virtual token tells its serial; a port does so only when asked. */
export type ConnectedDevice = {
  readonly path: string;
  readonly label: string;
  readonly virtual: boolean;
  readonly serial?: string;
};

/** Which device is meant; without any of the three it is the only one there is. */
export type DeviceChoice = {
  readonly port: string | undefined;
  readonly token: string | undefined;
  readonly serial: string | undefined;
};

/** Running virtual tokens that are plugged in, then the ports of this machine. Nothing is sent to any of them. */
export async function connectedDevices(home: Home): Promise<readonly ConnectedDevice[]> {
  const pluggedIn = (await runningTokens(home)).filter(({ info }) => info.ptyPath !== undefined);
  const virtual = pluggedIn.map(({ info }) => ({
    path: info.linkPath,
    label: info.name,
    virtual: true,
    serial: info.serial,
  }));
  const { listPorts } = await serialPorts();
  const real = (await listPorts()).filter(isLikelyDevice);
  return [...virtual, ...real.map(({ path, label }) => ({ path, label, virtual: false }))];
}

/**
 * The path of the device that is meant.
 *
 * @throws Failure NO_SUCH_TOKEN, NO_DEVICE, SEVERAL_DEVICES
 */
export async function chosenPath(home: Home, { port, token, serial }: DeviceChoice): Promise<string> {
  if (port !== undefined) return port;
  if (token !== undefined) {
    return (await orderToken({ home, name: token }, { method: 'info', params: {} })).info.linkPath;
  }
  const devices = await connectedDevices(home);
  const [only, ...others] = serial === undefined ? devices : await devicesWithSerial(devices, serial);
  if (only === undefined) {
    throw new Failure('NO_DEVICE', { wanted: serial === undefined ? 'token' : `token ${serial}` });
  }
  if (others.length === 0) return only.path;
  const list = [only, ...others].map(({ path, label }) => (label === '' ? path : `${path} (${label})`));
  throw new Failure('SEVERAL_DEVICES', { list: list.join(', ') });
}

/** Says hello to the device on a port. @throws Failure with the ceremony's own id */
export async function askDevice(path: string): Promise<HelloReply> {
  const { deviceInfo, systemTimer } = await provisioning();
  const { nodeSerialPorts } = await serialPorts();
  const answer = await deviceInfo({
    ports: nodeSerialPorts,
    timer: systemTimer,
    path,
    firstSeq: freshSequence(),
  });
  if (answer.tag === 'failed') throw new Failure(answer.error.id, answer.error.fields);
  return answer.hello;
}

/** The twelve digits of a serial that a device told. */
export function serialText(serial: bigint): string {
  const checked = tokenSerial(serial);
  return checked.ok ? formatSerial(checked.value) : String(serial);
}

/** A first sequence byte, so that no reply of an earlier run fits this one. */
export function freshSequence(): number {
  return randomInt(SEQUENCES);
}

const SEQUENCES = 256;

/** Ports that tell nothing about themselves and are on every mainboard are not offered by themselves. */
function isLikelyDevice({ path, label }: { readonly path: string; readonly label: string }): boolean {
  return label !== '' || !/^\/dev\/ttyS\d+$/u.test(path);
}

/** Virtual tokens tell; each port is asked, and what does not answer there is not what is looked for. */
async function devicesWithSerial(
  devices: readonly ConnectedDevice[],
  serial: string,
): Promise<readonly ConnectedDevice[]> {
  const virtual = devices.filter((device) => device.serial === serial);
  if (virtual.length > 0) return virtual;
  const found: ConnectedDevice[] = [];
  for (const device of devices.filter((each) => !each.virtual)) {
    const hello = await askDevice(device.path).catch(silentDevice);
    if (hello !== undefined && serialText(hello.serial) === serial) found.push(device);
  }
  return found;
}

function silentDevice(error: unknown): undefined {
  if (error instanceof Failure) return undefined;
  throw error;
}
