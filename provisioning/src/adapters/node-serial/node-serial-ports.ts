import { SerialPort } from 'serialport';
import { ProvisioningFailure } from '../../core/operator-error.ts';
import type { SerialLink, SerialPorts } from '../../ports/serial-link.ts';
import { busyFailure, checkedDevicePath } from './port-checks.ts';
import { lockPort } from './port-lock.ts';
import { watchDevice } from './port-watchdog.ts';

/** 115200 8N1. Spec: docs/spec/wire.md. */
const LINE = {
  baudRate: 115_200,
  dataBits: 8,
  parity: 'none',
  stopBits: 1,
  autoOpen: false,
  lock: true,
} as const;

/** The serial ports of this machine, real ones and pseudo-terminals alike. */
export const nodeSerialPorts: SerialPorts = { open: openPort };

async function openPort(path: string): Promise<SerialLink> {
  const device = await checkedDevicePath(path);
  const lock = lockPort(device);
  if ('heldBy' in lock) throw await busyFailure(path, device, lock.heldBy);
  const port = new SerialPort({ path: device, ...LINE });
  try {
    await opened(port);
  } catch (cause) {
    lock.release();
    throw await openFailure(cause, path, device);
  }
  return linkOver(port, path, lock.release);
}

function opened(port: SerialPort): Promise<void> {
  return new Promise((resolve, reject) => {
    port.open((error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

/** The driver's errors carry no code: only their words tell a busy port from one that went away. */
async function openFailure(cause: unknown, path: string, device: string): Promise<ProvisioningFailure> {
  const words = cause instanceof Error ? cause.message : '';
  if (/lock|busy|temporarily unavailable/iu.test(words)) return busyFailure(path, device);
  if (/permission|denied/iu.test(words)) {
    return new ProvisioningFailure(
      { id: 'PORT_PERMISSION', fields: { path, group: '', command: 'ls -l' } },
      { cause },
    );
  }
  if (/no such|not found|cannot open/iu.test(words)) {
    return new ProvisioningFailure({ id: 'PORT_NOT_FOUND', fields: { path } }, { cause });
  }
  return new ProvisioningFailure({ id: 'PORT_LOST', fields: { path } }, { cause });
}

async function linkOver(port: SerialPort, path: string, release: () => void): Promise<SerialLink> {
  let gone = false;
  let closed = false;
  const goneListeners: (() => void)[] = [];
  const bytesListeners: ((chunk: Uint8Array) => void)[] = [];
  const markGone = (): void => {
    if (gone || closed) return;
    gone = true;
    for (const listener of goneListeners) listener();
  };
  // Without a listener for data the driver never tells of an unplug; without one for errors it ends the process.
  port.on('data', (chunk: Uint8Array) => {
    for (const listener of bytesListeners) listener(new Uint8Array(chunk));
  });
  port.on('close', markGone);
  port.on('error', markGone);
  const stopWatching = await watchDevice(path, markGone);
  return {
    write: (bytes) => {
      if (!gone && !closed) port.write(Buffer.from(bytes));
    },
    onBytes: (listener) => {
      bytesListeners.push(listener);
    },
    onGone: (listener) => {
      if (gone) listener();
      else goneListeners.push(listener);
    },
    close: async () => {
      if (closed) return;
      closed = true;
      stopWatching();
      await closePort(port);
      release();
    },
  };
}

/** How long the driver may take to close a port whose device is gone, in milliseconds. */
const CLOSE_MS_MAX = 500;

function closePort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (!port.isOpen) {
      resolve();
      return;
    }
    const limit = setTimeout(resolve, CLOSE_MS_MAX);
    port.close(() => {
      clearTimeout(limit);
      resolve();
    });
  });
}
