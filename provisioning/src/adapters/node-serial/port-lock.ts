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
    if (create(path)) return { release: releaser(path) };
    const heldBy = holderOf(path);
    if (heldBy !== undefined) return { heldBy };
    // Its owner is gone: a killed program does not keep a port from the next one.
    if (!remove(path)) break;
  }
  // What is left there belongs to another user's dead program: the kernel's own lock has to do.
  return { release: () => undefined };
}

const ATTEMPTS_MAX = 3;

/** Gives the file back once, also when the process ends without being asked. */
function releaser(path: string): () => void {
  const release = (): void => {
    process.removeListener('exit', release);
    remove(path);
  };
  process.once('exit', release);
  return release;
}

function remove(path: string): boolean {
  try {
    rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}

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

/** The living process named in the file; undefined when it is gone, or the file holds no process. */
function holderOf(path: string): number | undefined {
  let pid: number | undefined;
  try {
    const written = Number(readFileSync(path, 'utf8'));
    if (!Number.isSafeInteger(written) || written <= 0) return undefined;
    pid = written;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // Somebody else's living process may not be signalled by us, and may not be driven out.
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? pid : undefined;
  }
}
