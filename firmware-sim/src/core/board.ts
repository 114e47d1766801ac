import type { Crypto } from '@chiavetta/protocol/ports';
import type { DeviceEvent } from './device.ts';
import type { FlashMap } from './flash-map.ts';
import type { RecordBook } from './records/index.ts';
import { readRecordBook } from './records/index.ts';
import type { RngState } from './rng.ts';
import { rngBytes, rngStart } from './rng.ts';

/** What every running device has in RAM, whatever its kind: its records, its generator and its element's key. */
export type Board = {
  readonly book: RecordBook;
  readonly rng: RngState;
  readonly elementKey: Uint8Array;
};

/** Brings the board up from what the hardware hands over at power-on. */
export function boardStart(
  crypto: Crypto,
  map: FlashMap,
  event: Extract<DeviceEvent, { readonly tag: 'power.on' }>,
): Board {
  return {
    book: readRecordBook(map, event.nvm),
    rng: rngStart(crypto, event.entropy),
    elementKey: event.element.slice(),
  };
}

/** Draws random bytes and moves the board's generator on. */
export function boardRandom<B extends Board>(
  crypto: Crypto,
  board: B,
  byteCount: number,
): { readonly board: B; readonly bytes: Uint8Array } {
  const drawn = rngBytes(crypto, board.rng, byteCount);
  return { board: { ...board, rng: drawn.rng }, bytes: drawn.bytes };
}
