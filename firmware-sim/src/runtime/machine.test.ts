import { describe, expect, it } from 'vitest';
import type { DeviceEvent, Effect } from '../core/device.ts';
import { PAGE_BYTES } from '../core/flash-map.ts';
import { flashPart } from '../hardware/flash-part.ts';
import type { Machine } from './machine.ts';
import { machine } from './machine.ts';

/** A firmware that notes what it hears and answers each press with what a test wants. */
function bench(onPress: readonly Effect[]): { readonly hardware: Machine; readonly heard: string[] } {
  const heard: string[] = [];
  const hardware = machine<{ readonly on: boolean }>({
    firmware: {
      off: () => ({ on: false }),
      step: (_state, event) => {
        heard.push(nameOf(event));
        return { state: { on: true }, effects: event.tag === 'key.down' ? onPress : [] };
      },
    },
    flash: flashPart(new Uint8Array(2 * PAGE_BYTES).fill(0xff)),
    clock: { startUnixS: 1_000, driftPpm: 100_000 },
    noise: (byteCount) => new Uint8Array(byteCount).fill(0xaa),
    listeners: { onStep: () => undefined, onTransmit: () => undefined, onFlash: () => undefined },
  });
  const nothing = new Uint8Array(32);
  hardware.feed({ tag: 'power.on', nvm: nothing, element: nothing, entropy: nothing, nowMs: 0 });
  return { hardware, heard };
}

function nameOf(event: DeviceEvent): string {
  if (event.tag === 'timer') return `timer ${event.id} at ${event.nowMs}`;
  return event.tag === 'rtc' ? `rtc ${event.unixS}` : event.tag;
}

const program: Effect = { tag: 'nvm.program', id: 1, address: 0, bytes: new Uint8Array(8) };

describe('the hardware', () => {
  it('fires timers in the order in which they are due, replaces one of the same id, and forgets cancelled ones', () => {
    const { hardware, heard } = bench([
      { tag: 'timer.set', id: 'late', afterMs: 300 },
      { tag: 'timer.set', id: 'early', afterMs: 100 },
      { tag: 'timer.set', id: 'again', afterMs: 50 },
      { tag: 'timer.set', id: 'again', afterMs: 200 },
      { tag: 'timer.set', id: 'never', afterMs: 10 },
      { tag: 'timer.cancel', id: 'never' },
    ]);
    hardware.feed({ tag: 'key.down', key: 'button' });
    hardware.advance(299);
    expect(heard.slice(2)).toEqual(['timer early at 100', 'timer again at 200']);
    hardware.advance(1);
    expect(heard.at(-1)).toBe('timer late at 300');
  });

  it('reads a clock that drifts', () => {
    const { hardware, heard } = bench([{ tag: 'rtc.read' }]);
    hardware.advance(100_000);
    hardware.feed({ tag: 'key.down', key: 'button' });
    expect(heard.at(-1)).toBe('rtc 1110');
  });

  it('acknowledges a whole write', () => {
    const { hardware, heard } = bench([program]);
    hardware.feed({ tag: 'key.down', key: 'button' });
    expect(heard.at(-1)).toBe('nvm.done');
    expect(hardware.flash().image.subarray(0, 9)).toEqual(new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 255]));
  });

  it.each([
    ['before', [255, 255, 255, 255, 255, 255, 255, 255]],
    ['torn', [0, 0, 0, 0, 0xaa, 0xaa, 0xaa, 0xaa]],
    ['after', [0, 0, 0, 0, 0, 0, 0, 0]],
  ] as const)('loses its power %s a write, and acknowledges nothing', (moment, left) => {
    const { hardware, heard } = bench([{ tag: 'timer.set', id: 'lost', afterMs: 1 }, program, program]);
    hardware.cutAt({ opNumber: 1, moment });
    hardware.feed({ tag: 'key.down', key: 'button' });
    hardware.advance(10);
    expect(heard.at(-1)).toBe('key.down');
    expect(hardware.isOn()).toBe(false);
    expect(hardware.opCount()).toBe(1);
    expect([...hardware.flash().image.subarray(0, 8)]).toEqual(left);
  });

  it('loses its power in the middle of a write that a battery too low for it began', () => {
    const { hardware, heard } = bench([program]);
    hardware.setBattery('brownout');
    hardware.feed({ tag: 'key.down', key: 'button' });
    expect(heard.at(-1)).toBe('key.down');
    expect(hardware.isOn()).toBe(false);
  });

  it('counts the erasing of each page', () => {
    const { hardware } = bench([{ tag: 'nvm.erase', id: 1, page: 1 }]);
    hardware.feed({ tag: 'key.down', key: 'button' });
    hardware.feed({ tag: 'key.down', key: 'button' });
    expect(hardware.flash().eraseCounts).toEqual([0, 2]);
  });
});
