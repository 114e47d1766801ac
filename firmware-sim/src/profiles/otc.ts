/** A kind of OTC token as data: everything in which one model differs from another. Times are virtual milliseconds. */
export type OtcProfile = {
  readonly id: string;
  /** major << 24 | minor << 16 | patch, as in the certificate and in HELLO. */
  readonly firmware: number;
  /** Firmware version as a person reads it at switch-on. */
  readonly firmwareText: string;
  /** How long 'clear' is held before it clears everything. */
  readonly clearHoldMs: number;
  /** How long the firmware version stays on the display. */
  readonly bootMs: number;
  /** How long the camera looks for a picture. */
  readonly scanMs: number;
  /** Auto-off when nobody is doing anything. */
  readonly idleOffMs: number;
  /** Auto-off while a code is shown or typed steps wait: as long as a code or a pairing can still be used at all. */
  readonly busyOffMs: number;
  /** PINs refused beside the general rule; at most 5 digits each. */
  readonly refusedPins: readonly string[];
  /** Longest serial frame, decoded bytes from type to CRC: 256 to 1,024. */
  readonly frameLimitBytes: number;
  /** Time of the slowest single operation, as announced in HELLO. */
  readonly opTimeMs: number;
};

/** The OTC token of this project: camera, keypad, 4 x 20 characters, secure element. docs/spec/devices.md. */
export const OTC_PROFILE: OtcProfile = {
  id: 'otc',
  firmware: 0x0100_0000,
  firmwareText: '1.0.0',
  clearHoldMs: 1_000,
  bootMs: 2_000,
  scanMs: 30_000,
  idleOffMs: 35_000,
  busyOffMs: 600_000,
  refusedPins: ['13579', '24680', '97531', '86420', '11223', '12321', '12312', '11122'],
  frameLimitBytes: 512,
  opTimeMs: 800,
};
