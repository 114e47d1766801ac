/** A key of a device: the one button of a fob, or the keypad of an OTC token. */
export type Key =
  | 'button'
  | '0'
  | '1'
  | '2'
  | '3'
  | '4'
  | '5'
  | '6'
  | '7'
  | '8'
  | '9'
  | 'ok'
  | 'clear'
  | 'power'
  | 'scan'
  | 'menu';

/** What the hardware tells the firmware. Times are virtual milliseconds; bytes are never kept by reference. */
export type DeviceEvent =
  | {
      readonly tag: 'power.on';
      /** The whole flash image as it is: possibly torn, possibly rotten. */
      readonly nvm: Uint8Array;
      /** 32 bytes of the secure element; they are not in the flash image. */
      readonly element: Uint8Array;
      /** 32 fresh bytes of the hardware generator, the seed of everything random until the next power-off. */
      readonly entropy: Uint8Array;
      readonly nowMs: number;
    }
  | { readonly tag: 'key.down'; readonly key: Key }
  | { readonly tag: 'key.up'; readonly key: Key }
  | { readonly tag: 'timer'; readonly id: string; readonly nowMs: number }
  | { readonly tag: 'camera.payload'; readonly payload: Uint8Array }
  | { readonly tag: 'camera.unreadable'; readonly reason: string }
  | { readonly tag: 'uart.rx'; readonly bytes: Uint8Array }
  | { readonly tag: 'nvm.done'; readonly id: number }
  | { readonly tag: 'battery'; readonly level: BatteryLevel }
  /** The real-time clock was read, because a display effect asked for it. Seconds since 1970, as the drifting clock sees them. */
  | { readonly tag: 'rtc'; readonly unixS: number };

/** What the battery gauge says. In `brownout` the hardware refuses writes, so the firmware must not begin one. */
export type BatteryLevel = 'good' | 'low' | 'brownout';

/** What the firmware asks of the hardware. */
export type Effect =
  | { readonly tag: 'display'; readonly screen: Screen }
  /** A timer of this id that already runs is replaced. */
  | { readonly tag: 'timer.set'; readonly id: string; readonly afterMs: number }
  | { readonly tag: 'timer.cancel'; readonly id: string }
  | {
      readonly tag: 'nvm.program';
      readonly id: number;
      readonly address: number;
      readonly bytes: Uint8Array;
    }
  | { readonly tag: 'nvm.erase'; readonly id: number; readonly page: number }
  | { readonly tag: 'uart.tx'; readonly bytes: Uint8Array }
  | { readonly tag: 'camera'; readonly on: boolean }
  | { readonly tag: 'rtc.read' }
  /** The firmware is done: RAM, timers and display are gone after this effect. */
  | { readonly tag: 'power.off' };

/** What the display shows, by meaning: an id and its fields, never pixels. Shells render it. */
export type Screen = {
  readonly id: string;
  readonly fields: Readonly<Record<string, string | number>>;
};

/** What one step of a device yields. */
export type Step<State> = {
  readonly state: State;
  readonly effects: readonly Effect[];
};

/** The screen of a device that is off. */
export const SCREEN_OFF: Screen = { id: 'off', fields: {} };
