import type { TokenSerial } from '@chiavetta/protocol/keys';
import type { OpenedPair1 } from '@chiavetta/protocol/otc';
import type { BatteryLevel, Screen } from '../device.ts';
import type { Identity } from '../identity-record.ts';
import type { SerialCarrier, SerialThen } from '../serial/index.ts';
import type { WriteQueue } from '../write-queue.ts';
import type { Language } from './language.ts';
import type { PinTries } from './pin-tries.ts';
import type { Vault } from './vault.ts';

/** Whether the token's keys can be used. A token on which nobody ever chose a PIN has no keys and is UNLOCKED. */
export type OtcLock = 'LOCKED_PIN' | 'UNLOCKED' | 'BLOCKED';

/** A PAIR1 that was opened: it can be staged as long as no serial operation changed the vault that opened it. */
export type OpenedPairing = OpenedPair1 & { readonly seedEpoch: number };

/** What a PIN is asked for. */
export type PinPurpose =
  | { readonly tag: 'unlock' }
  /** A picture that is held unopened. */
  | { readonly tag: 'picture'; readonly payload: Uint8Array }
  /** A pairing that keeps the PIN. */
  | { readonly tag: 'pair'; readonly opened: OpenedPairing };

/** What the person at the token sees and does. */
export type OtcPhase =
  /** Flash is being written; keys do nothing. */
  | { readonly tag: 'wait' }
  | { readonly tag: 'language' }
  | { readonly tag: 'boot' }
  /** Nothing is going on. */
  | { readonly tag: 'ready' }
  /** Nothing is going on but a pairing that a switch-off interrupted. */
  | { readonly tag: 'continue' }
  | { readonly tag: 'blocked' }
  | { readonly tag: 'info' }
  | { readonly tag: 'scanning' }
  /** One plain screen; any key goes on. */
  | { readonly tag: 'notice'; readonly screen: Screen }
  | { readonly tag: 'pin'; readonly purpose: PinPurpose; readonly typed: string }
  | { readonly tag: 'pin.wrong'; readonly purpose: PinPurpose; readonly left: number }
  | { readonly tag: 'pair.intro'; readonly opened: OpenedPairing }
  /** CHOOSING_PIN: in RAM only. */
  | { readonly tag: 'pin.choose'; readonly opened: OpenedPairing; readonly typed: string }
  | {
      readonly tag: 'pin.confirm';
      readonly opened: OpenedPairing;
      readonly first: string;
      readonly typed: string;
    }
  | { readonly tag: 'pin.again'; readonly opened: OpenedPairing; readonly why: 'weak' | 'mismatch' }
  | { readonly tag: 'code10'; readonly code: string }
  | { readonly tag: 'code6'; readonly code: string }
  | { readonly tag: 'login'; readonly label: string; readonly text: string; readonly code: string }
  | { readonly tag: 'login.code'; readonly code: string };

/** What the token goes on with when its flash writes are acknowledged. */
export type OtcNext =
  | { readonly tag: 'booted' }
  | { readonly tag: 'serial'; readonly resume: SerialThen }
  /** Shows what the writes make true. */
  | { readonly tag: 'show'; readonly phase: OtcPhase; readonly lock: OtcLock }
  /** The try is used up in flash: now the PIN may be looked at. */
  | { readonly tag: 'compare'; readonly pin: string; readonly purpose: PinPurpose }
  /** All tries are back in flash. */
  | { readonly tag: 'unlocked'; readonly purpose: PinPurpose }
  /** The language or the lock code is in flash: shows what the token shows when nothing is going on. */
  | { readonly tag: 'home' };

/** A running OTC token: plain data, and everything that it has in RAM. */
export type OtcOn = SerialCarrier & {
  readonly tag: 'on';
  readonly identity: Identity;
  readonly serialNumber: TokenSerial;
  readonly vault: Vault;
  readonly tries: PinTries;
  readonly language: Language | undefined;
  readonly battery: BatteryLevel;
  readonly queue: WriteQueue<OtcNext>;
  readonly lock: OtcLock;
  readonly phase: OtcPhase;
  /** The records are repaired: serial bytes are heard. */
  readonly ready: boolean;
  /** 'clear' is down and its hold time has not passed: a release deletes one digit. */
  readonly clearDown: boolean;
  /** Switched off, but flash is still being written. */
  readonly stopping: boolean;
};

/** An OTC token. `damaged`: its identity, vault or tries cannot be read; it says so and does nothing else. */
export type OtcState = { readonly tag: 'off' } | { readonly tag: 'damaged' } | OtcOn;

/** An OTC token without power in its RAM. */
export function otcOff(): OtcState {
  return { tag: 'off' };
}
