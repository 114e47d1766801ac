import { constants } from 'node:fs';
import { access, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ProvisioningFailure } from '../../core/operator-error.ts';

/**
 * What the driver would say without a code, asked before opening: is there such a device, and may we.
 * @returns the path of the device node itself, links followed
 * @throws ProvisioningFailure PORT_NOT_FOUND or PORT_PERMISSION
 */
export async function checkedDevicePath(path: string): Promise<string> {
  const device = await realpath(path).catch(() => undefined);
  const status = device === undefined ? undefined : await stat(device).catch(() => undefined);
  if (device === undefined || status === undefined || !status.isCharacterDevice()) {
    throw new ProvisioningFailure({ id: 'PORT_NOT_FOUND', fields: { path } });
  }
  const allowed = await access(device, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!allowed) throw await permissionFailure(path, status);
  return device;
}

const GROUP_READ_WRITE = 0o060;

/** The rules that come with this package; from `src` and from `dist` alike. */
const UDEV_RULES = fileURLToPath(new URL('../../../udev/60-chiavetta.rules', import.meta.url));

/** Names the group that owns the port, and the exact line that gives this user the right. */
export async function permissionFailure(
  path: string,
  status: { readonly gid: number; readonly mode: number },
): Promise<ProvisioningFailure> {
  const group = await groupName(status.gid);
  const byGroup = status.gid !== 0 && (status.mode & GROUP_READ_WRITE) === GROUP_READ_WRITE;
  const command = byGroup
    ? `sudo usermod -aG ${group} ${userInfo().username}`
    : `sudo cp "${UDEV_RULES}" /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger`;
  return new ProvisioningFailure({ id: 'PORT_PERMISSION', fields: { path, group, command } });
}

async function groupName(gid: number): Promise<string> {
  const text = await readFile('/etc/group', 'utf8').catch(() => '');
  const line = text.split('\n').find((each) => each.split(':')[2] === String(gid));
  return line?.split(':')[0] ?? String(gid);
}

/** Pid and name of another process that has the device open; undefined where it cannot be seen. */
async function portHolder(
  device: string,
): Promise<{ readonly pid: number; readonly program: string } | undefined> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/u.test(name));
  for (const pid of pids) {
    if (pid === String(process.pid) || !(await hasOpen(pid, device))) continue;
    return { pid: Number(pid), program: await programOf(Number(pid)) };
  }
  return undefined;
}

async function hasOpen(pid: string, device: string): Promise<boolean> {
  const directory = `/proc/${pid}/fd`;
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    if ((await readlink(`${directory}/${name}`).catch(() => '')) === device) return true;
  }
  return false;
}

/** The failure for a port that somebody else has, naming who where that can be seen; the pid in our own lock comes first. */
export async function busyFailure(
  path: string,
  device: string,
  lockedBy?: number,
): Promise<ProvisioningFailure> {
  const known =
    lockedBy === undefined || lockedBy === 0
      ? undefined
      : { pid: lockedBy, program: await programOf(lockedBy) };
  const holder = known ?? (await portHolder(device));
  const text = holder === undefined ? '' : ` by ${holder.program} (process ${holder.pid})`;
  return new ProvisioningFailure({ id: 'PORT_BUSY', fields: { path, holder: text } });
}

async function programOf(pid: number): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  return name.trim();
}
