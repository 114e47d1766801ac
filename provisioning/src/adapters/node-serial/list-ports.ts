import { SerialPort } from 'serialport';

/** A port of this machine that a token may be on. */
export type ListedPort = { readonly path: string; readonly label: string };

/**
 * The serial ports that the system knows. Pseudo-terminals are not among them: the caller adds those that it knows of.
 * A machine without udev has no list to ask for; it then gives none.
 */
export async function listPorts(): Promise<readonly ListedPort[]> {
  try {
    const ports = await SerialPort.list();
    return ports.map(({ path, manufacturer, serialNumber }) => ({
      path,
      label: [manufacturer, serialNumber].filter((part) => part !== undefined).join(' '),
    }));
  } catch (error) {
    if (isMissingProgram(error)) return [];
    throw error;
  }
}

/** A folder of PATH that may not be entered makes the missing program a forbidden one. */
function isMissingProgram(error: unknown): boolean {
  return error instanceof Error && /^spawn \S+ (?:ENOENT|EACCES)$/u.test(error.message);
}
