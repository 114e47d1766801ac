import { rename, rm, symlink } from 'node:fs/promises';
import { openPty } from './open-pty.ts';
import type { PtyLine } from './pty-line.ts';

/** A cable that can be pulled and plugged in again, under a link that keeps its name. */
export interface SerialCable {
  /** Opens a new line and points the link at it. Nothing happens while one is plugged in. */
  readonly plug: () => Promise<void>;
  /** The link goes first, so that nobody opens a line that is about to end. */
  readonly unplug: () => Promise<void>;
  /** Bytes for the host; lost while unplugged. */
  readonly write: (bytes: Uint8Array) => void;
  readonly ptyPath: () => string | undefined;
}

/** A cable for the link at `linkPath`; `onData` hears the host. */
export function serialCable(linkPath: string, onData: (bytes: Uint8Array) => void): SerialCable {
  let line: PtyLine | undefined;
  return {
    plug: async () => {
      if (line !== undefined) return;
      const opened = await openPty();
      line = opened;
      opened.onData((bytes) => {
        // What was on the way when the cable was pulled does not arrive.
        if (line === opened) onData(bytes);
      });
      await pointLink(linkPath, opened.path);
    },
    unplug: async () => {
      const pulled = line;
      line = undefined;
      await rm(linkPath, { force: true });
      await pulled?.close();
    },
    write: (bytes) => line?.write(bytes),
    ptyPath: () => line?.path,
  };
}

/** Points a link at a device node, replacing what was there in one step. */
async function pointLink(linkPath: string, target: string): Promise<void> {
  const next = `${linkPath}.next`;
  await rm(next, { force: true });
  await symlink(target, next);
  await rename(next, linkPath);
}
