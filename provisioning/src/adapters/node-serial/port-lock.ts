import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Keeps two of our own programs off one port; the kernel's exclusive mode does not hold back root.
 * @returns a function that gives the lock back, or the pid of the living process that has it
 */
export function lockPort(device: string): { readonly release: () => void } | { readonly heldBy: number } {
  const name = createHash('sha256').update(device).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `chiavetta-port-${name}.lock`);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (create(path)) return { release: () => rmSync(path, { force: true }) };
    const heldBy = holderOf(path);
    if (heldBy !== undefined) return { heldBy };
    // Its owner is gone: a killed program does not keep a port from the next one.
    rmSync(path, { force: true });
  }
  return { heldBy: 0 };
}

const ATTEMPTS_MAX = 3;

function create(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o644);
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // Somebody else's living process: we may not signal it, and it may not be driven out.
    if (error instanceof Error && 'code' in error && error.code === 'EPERM')
      return Number(readFileSync(path, 'utf8'));
    return undefined;
  }
}
