import type { Board } from '../board.ts';
import type { BatteryLevel } from '../device.ts';
import type { Identity } from '../identity-record.ts';
import type { SerialState, SerialThen } from '../serial/index.ts';
import type { WriteQueue } from '../write-queue.ts';

/** What the display shows. */
export type FobFace =
  | { readonly tag: 'dark' }
  | { readonly tag: 'code'; readonly code: string }
  | { readonly tag: 'menu'; readonly fields: Readonly<Record<string, string | number>> }
  /** Pressed before a seed was provisioned. */
  | { readonly tag: 'no-seed' }
  /** Pressed with a battery that no longer carries a write. */
  | { readonly tag: 'battery-empty' };

/** The button, as the firmware follows it. */
export type FobButton =
  | { readonly tag: 'up' }
  /** Down since a press that will do something when it ends. */
  | { readonly tag: 'armed' }
  /** Down, but this press has had its effect. */
  | { readonly tag: 'spent' };

/** What the fob does when its flash is written. */
export type FobThen =
  | { readonly tag: 'ready' }
  | { readonly tag: 'show'; readonly counter: bigint }
  | { readonly tag: 'serial'; readonly resume: SerialThen };

/** A running fob. */
export type FobOn = {
  readonly tag: 'on';
  readonly board: Board;
  readonly serial: SerialState;
  readonly writes: WriteQueue<FobThen>;
  readonly identity: Identity;
  /** Repairs and an interrupted commit are done; before that no key and no byte is heard. */
  readonly ready: boolean;
  readonly battery: BatteryLevel;
  readonly face: FobFace;
  readonly button: FobButton;
  /** What the clock was asked for. */
  readonly clockFor: 'code' | 'menu' | 'none';
};

/** A fob as plain data. */
export type FobState =
  | { readonly tag: 'off' }
  /** A record that must be there cannot be read: no code, no session, and nothing is written over it. */
  | { readonly tag: 'fault' }
  | FobOn;

/** A fob without power. */
export function fobOff(): FobState {
  return { tag: 'off' };
}
