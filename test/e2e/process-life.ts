import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** Whether the process still does anything. One that only waits to be counted by its parent does not. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  const state = stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

/** Waits until the process is over; the test's own time limit ends a wait in vain. */
export async function untilOver(pid: number): Promise<void> {
  while (isAlive(pid)) await pause(20);
}
