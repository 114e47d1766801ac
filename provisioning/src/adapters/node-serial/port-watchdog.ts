import { stat } from 'node:fs/promises';

/** How often the device node is looked at, in milliseconds: an unplug is noticed within twice this time. */
const WATCH_MS = 250;

/**
 * Looks whether the device node is still the one that was opened. The driver's own `close` event is missed under
 * traffic, with the port still said to be open.
 * @returns a function that stops looking
 */
export async function watchDevice(path: string, onGone: () => void): Promise<() => void> {
  const first = await identity(path);
  let looking = false;
  const handle = setInterval(() => {
    if (looking) return;
    looking = true;
    void identity(path).then((now) => {
      looking = false;
      if (now === undefined || now !== first) {
        clearInterval(handle);
        onGone();
      }
    });
  }, WATCH_MS);
  handle.unref();
  return () => clearInterval(handle);
}

/** Which device a path leads to, links followed: a link that was pointed elsewhere is another device. */
async function identity(path: string): Promise<string | undefined> {
  const status = await stat(path, { bigint: true }).catch(() => undefined);
  return status === undefined ? undefined : `${status.dev}:${status.ino}:${status.rdev}`;
}
