import type { DeviceEvent, Step } from '../core/device.ts';

/** A device's firmware as the machine runs it: a pure step over plain data, and the state without power. */
export type Firmware<State> = {
  readonly step: (state: State, event: DeviceEvent) => Step<State>;
  readonly off: () => State;
};
