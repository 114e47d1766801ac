/** A key fob model as data: every number that a real device fixes at its factory. docs/spec/devices.md, "Key fob". */
export type FobProfile = {
  readonly id: string;
  /** What moves the code; a PROVISION for the other kind is refused. */
  readonly mode: 'hotp' | 'totp';
  /** major << 24 | minor << 16 | patch. */
  readonly firmware: number;
  /** The display goes dark after so long, even while the button is stuck. */
  readonly autoOffMs: number;
  /** The button held so long opens the information menu. */
  readonly menuHoldMs: number;
  /** Drift of the real-time clock in parts per million; positive runs fast. Unused by an event-based fob. */
  readonly clockDriftPpm: number;
  /** Slowest single operation on the serial line, as announced in HELLO. */
  readonly opTimeMs: number;
  readonly frameLimitBytes: number;
};

const SHARED = {
  firmware: 0x0100_0000,
  autoOffMs: 31_000,
  menuHoldMs: 6_000,
  opTimeMs: 400,
  frameLimitBytes: 512,
} as const;

/** The fob models, by id. */
export const FOB_PROFILES: Readonly<Record<'fob-hotp' | 'fob-totp', FobProfile>> = {
  'fob-hotp': { ...SHARED, id: 'fob-hotp', mode: 'hotp', clockDriftPpm: 0 },
  // 3.8 ppm is two minutes a year: an ordinary crystal at room temperature.
  'fob-totp': { ...SHARED, id: 'fob-totp', mode: 'totp', clockDriftPpm: 3.8 },
};

/** The model with this id, if there is one. */
export function fobProfile(id: string): FobProfile | undefined {
  return Object.values(FOB_PROFILES).find((profile) => profile.id === id);
}
