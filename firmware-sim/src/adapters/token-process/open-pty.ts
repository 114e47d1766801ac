import { openNativePty } from './native-pty.ts';
import { PtyUnavailableError } from './pty-error.ts';
import type { PtyLine } from './pty-line.ts';
import { openSocatPty } from './socat-pty.ts';

/**
 * Opens a serial line for a virtual token: through the prebuilt binary, or through socat where that is missing.
 *
 * @throws PtyUnavailableError when neither works.
 */
export async function openPty(): Promise<PtyLine> {
  try {
    return openNativePty();
  } catch (nativeFailure) {
    try {
      return await openSocatPty();
    } catch {
      throw new PtyUnavailableError(nativeFailure);
    }
  }
}
