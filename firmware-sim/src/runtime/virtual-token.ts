import { asciiBytes, concatBytes, u32 } from '@chiavetta/protocol/bytes';
import type { TokenSerial } from '@chiavetta/protocol/keys';
import { formatSerial } from '@chiavetta/protocol/keys';
import { plainMatrixDecoder } from '@chiavetta/protocol/matrix';
import type { Crypto, MatrixDecoder, RgbaFrame } from '@chiavetta/protocol/ports';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import type { BatteryLevel, Key, Screen } from '../core/device.ts';
import type { RngState } from '../core/rng.ts';
import { rngBytes, rngStart } from '../core/rng.ts';
import type { MadeToken } from '../factory/index.ts';
import { flashPart, flipBit } from '../hardware/flash-part.ts';
import { fobProfile } from '../profiles/fob.ts';
import type { Firmware } from './firmware.ts';
import type { CutMoment, Machine } from './machine.ts';
import { machine } from './machine.ts';
import { firmwareOfFob, firmwareOfOtc } from './token-firmware.ts';
import type { TraceLine, TraceSecrets } from './trace.ts';
import { TRACE_VERSION, traceRecorder } from './trace.ts';

/** Where a token is when nothing is outstanding. */
export type Settled = {
  readonly screen: Screen;
  /** Steps that the firmware has taken. */
  readonly step: number;
  /** Virtual time, milliseconds. */
  readonly nowMs: number;
};

/** What the camera is shown: the bytes of a picture that was read elsewhere, or the pixels. */
export type ShownPicture = { readonly payload: Uint8Array } | { readonly frame: RgbaFrame };

/** Faults for tests; a token without them behaves like a healthy device. */
export interface TokenFaults {
  /** Takes the power away at flash operation `opNumber`, counted from 1 over the token's life; `undefined` takes it back. */
  readonly cutAt: (cut: { readonly opNumber: number; readonly moment: CutMoment } | undefined) => void;
  /** Flash operations so far. */
  readonly opCount: () => number;
  /** Lets one bit of the flash rot while the power is off. */
  readonly flipBit: (bitIndex: number) => void;
}

/** A token in virtual hardware. Every call returns when no event and no effect is outstanding. */
export interface VirtualToken {
  readonly serial: TokenSerial;
  readonly kind: 'fob' | 'otc';
  /** Presses and lets go. A token that is off hears only `power`, held for two seconds or more (the default then). */
  readonly press: (key: Key, options?: { readonly holdMs?: number }) => Settled;
  /** Types digits one after the other. */
  readonly type: (digits: string) => Settled;
  /** Shows the camera a picture, pressing `scan` first where the camera is off. */
  readonly scan: (picture: ShownPicture) => Settled;
  readonly advance: (ms: number) => Settled;
  /** `on` and `off` work the switch of an OTC token; `cut` takes the power away; `battery` puts a new one in. A fob has no switch: `off` is a cut. */
  readonly power: (what: 'on' | 'off' | 'cut' | 'battery') => Settled;
  readonly battery: (level: BatteryLevel) => Settled;
  /** Bytes on the serial line. The cable feeds the device: one that is off comes on. */
  readonly receive: (bytes: Uint8Array) => Settled;
  readonly onTransmit: (listener: (bytes: Uint8Array) => void) => () => void;
  /** Hears what the display shows after each step of the firmware, changed or not. Power that is cut makes no step. */
  readonly onScreen: (listener: (screen: Screen) => void) => () => void;
  readonly screen: () => Screen;
  readonly settled: () => Settled;
  readonly nvm: () => Uint8Array;
  /** Hears the flash after each operation, torn ones too. */
  readonly onNvm: (listener: (image: Uint8Array) => void) => () => void;
  readonly trace: () => readonly TraceLine[];
  readonly traceSecrets: () => TraceSecrets;
  readonly faults: TokenFaults;
}

/** How long a key is held unless told. */
export const KEY_HOLD_MS = 80;
/** How long the power key has to be held on a token that is off. */
export const POWER_ON_HOLD_MS = 2_000;

/** What makes a virtual token. */
export type VirtualTokenOptions = {
  readonly made: MadeToken;
  /** Everything random follows from it. */
  readonly seed: string;
  /** What the token's clock shows at virtual time 0; seconds since 1970. */
  readonly unixS?: number;
  readonly decoder?: MatrixDecoder;
  /** The primitives that the firmware runs on; every implementation gives the same bytes, some sooner. */
  readonly crypto?: Crypto;
  /** `off` for long explorations. Default: all lines are kept in memory. */
  readonly tracing?: 'keep' | 'off';
  /** Hears trace lines as they come, and the secrets that they refer to. */
  readonly onTraceLine?: (line: TraceLine) => void;
  readonly onTraceSecret?: (name: string, value: string) => void;
  /** Hears the flash after each operation from the first power-on; what it throws stops the operation's acknowledgement. */
  readonly onNvm?: (image: Uint8Array) => void;
};

/** Puts a made token into virtual hardware. A fob has its battery in and is on; an OTC token is off. */
export function createVirtualToken(options: VirtualTokenOptions): VirtualToken {
  const { made } = options;
  return made.kind === 'fob'
    ? runToken(options, firmwareOfFob(made, options.crypto))
    : runToken(options, firmwareOfOtc(made, options.crypto));
}

function runToken<State>(options: VirtualTokenOptions, firmware: Firmware<State>): VirtualToken {
  const { made, decoder = plainMatrixDecoder, tracing = 'keep' } = options;
  const random = seededNoise(options.seed);
  const transmitListeners = new Set<(bytes: Uint8Array) => void>();
  const flashListeners = new Set<(image: Uint8Array) => void>();
  const screenListeners = new Set<(screen: Screen) => void>();
  if (options.onNvm !== undefined) flashListeners.add(options.onNvm);
  const recorder = traceRecorder(options.onTraceSecret);
  const lines: TraceLine[] = [];
  let stepCount = 0;
  let batteryLevel: BatteryLevel = 'good';

  function note(line: TraceLine): void {
    if (tracing === 'keep') lines.push(line);
    options.onTraceLine?.(line);
  }

  const isTraced = tracing === 'keep' || options.onTraceLine !== undefined;
  if (isTraced) {
    note({ v: TRACE_VERSION, kind: made.kind, profile: made.profile, serial: formatSerial(made.serial) });
  }
  const hardware: Machine = machine<State>({
    firmware,
    flash: flashPart(made.image),
    clock: {
      startUnixS: options.unixS ?? 0,
      driftPpm: fobProfile(made.profile)?.clockDriftPpm ?? 0,
    },
    noise: random,
    listeners: {
      onStep: (event, step, screen) => {
        stepCount += 1;
        if (isTraced) note(recorder.record(event, step, { atMs: hardware.nowMs(), screen }));
        for (const listener of screenListeners) listener(screen);
      },
      onTransmit: (bytes) => {
        for (const listener of transmitListeners) listener(bytes);
      },
      onFlash: (image) => {
        for (const listener of flashListeners) listener(image);
      },
    },
  });

  function settled(): Settled {
    return { screen: hardware.screen(), step: stepCount, nowMs: hardware.nowMs() };
  }

  function switchOn(): void {
    if (hardware.isOn()) return;
    hardware.feed({
      tag: 'power.on',
      nvm: hardware.flash().image.slice(),
      element: made.elementKey,
      entropy: random(32),
      nowMs: hardware.nowMs(),
    });
    if (batteryLevel !== 'good') hardware.setBattery(batteryLevel);
  }

  /** As a person switches off: the firmware ends what it is writing first. */
  function switchOff(): void {
    if (hardware.isOn()) hardware.feed({ tag: 'key.down', key: 'power' });
    if (hardware.isOn()) hardware.feed({ tag: 'key.up', key: 'power' });
  }

  function press(key: Key, holdMs: number | undefined): Settled {
    if (!hardware.isOn()) {
      const heldMs = holdMs ?? POWER_ON_HOLD_MS;
      hardware.advance(heldMs);
      if (key === 'power' && heldMs >= POWER_ON_HOLD_MS) switchOn();
      return settled();
    }
    hardware.feed({ tag: 'key.down', key });
    hardware.advance(holdMs ?? KEY_HOLD_MS);
    hardware.feed({ tag: 'key.up', key });
    return settled();
  }

  function scan(picture: ShownPicture): Settled {
    // Whoever shows a picture to the token has its camera on: the key is pressed for it where that was not done.
    if (hardware.isOn() && !hardware.isCameraOn()) press('scan', undefined);
    if ('payload' in picture) {
      hardware.feed({ tag: 'camera.payload', payload: picture.payload.slice() });
      return settled();
    }
    const read = decoder.decode(picture.frame);
    hardware.feed(
      read.ok
        ? { tag: 'camera.payload', payload: read.value.payload }
        : { tag: 'camera.unreadable', reason: read.error.code },
    );
    return settled();
  }

  function power(what: 'on' | 'off' | 'cut' | 'battery'): Settled {
    if (what === 'on') switchOn();
    else if (what === 'off' && made.kind === 'otc') switchOff();
    else hardware.loseRam();
    if (what === 'battery') batteryLevel = 'good';
    // A fob has no switch: with a battery in, it is on.
    if (what === 'battery' && made.kind === 'fob') switchOn();
    return settled();
  }

  if (made.kind === 'fob') switchOn();
  return {
    serial: made.serial,
    kind: made.kind,
    press: (key, { holdMs } = {}) => press(key, holdMs),
    type: (digits) => {
      for (const digit of digits) if (isDigit(digit)) press(digit, undefined);
      return settled();
    },
    scan,
    advance: (ms) => {
      hardware.advance(ms);
      return settled();
    },
    power,
    battery: (level) => {
      batteryLevel = level;
      hardware.setBattery(level);
      return settled();
    },
    receive: (bytes) => {
      switchOn();
      hardware.feed({ tag: 'uart.rx', bytes: bytes.slice() });
      return settled();
    },
    onTransmit: (listener) => subscribe(transmitListeners, listener),
    onScreen: (listener) => subscribe(screenListeners, listener),
    screen: hardware.screen,
    settled,
    nvm: () => hardware.flash().image.slice(),
    onNvm: (listener) => subscribe(flashListeners, listener),
    trace: () => [...lines],
    traceSecrets: recorder.secrets,
    faults: {
      cutAt: hardware.cutAt,
      opCount: hardware.opCount,
      flipBit: (bitIndex) => hardware.setFlash(flipBit(hardware.flash(), bitIndex)),
    },
  };
}

function subscribe<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** A source of bytes that follows from a text. */
function seededNoise(seed: string): (byteCount: number) => Uint8Array {
  const text = new TextEncoder().encode(seed);
  const key = nobleCrypto.sha256(concatBytes(asciiBytes('virtual token'), u32(text.length), text));
  let rng: RngState = rngStart(nobleCrypto, key);
  return (byteCount) => {
    const drawn = rngBytes(nobleCrypto, rng, byteCount);
    rng = drawn.rng;
    return drawn.bytes;
  };
}

function isDigit(text: string): text is Extract<Key, `${number}`> {
  return /^[0-9]$/.test(text);
}
