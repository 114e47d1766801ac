/** An open line to a token. Bytes of any chunk size; `gone` is told at most once. */
export interface SerialLink {
  write(bytes: Uint8Array): void;
  onBytes(listener: (chunk: Uint8Array) => void): void;
  /** The device was unplugged or the port failed. Told at once to a listener that comes late. */
  onGone(listener: () => void): void;
  /** Gives the port back; safe to call more than once. */
  close(): Promise<void>;
}

/** The serial ports of this machine. */
export interface SerialPorts {
  /** @throws ProvisioningFailure PORT_NOT_FOUND, PORT_PERMISSION, PORT_BUSY, PORT_LOST */
  open(path: string): Promise<SerialLink>;
}
