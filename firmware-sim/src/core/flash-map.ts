import { assert } from '@chiavetta/protocol/bytes';

/** Bytes of a page: the unit of erasing. */
export const PAGE_BYTES = 1_024;
/** Bytes of a word: the unit of programming. Bits only go from 1 to 0 until the page is erased. */
export const WORD_BYTES = 4;

/** Bytes around a record's body in flash: sequence 4, id 1, zero 1, body bytes 2 before it; CRC-32 4 and flag word 4 after it. */
const RECORD_FRAME_BYTES = 16;

/** What a device wants to keep in one record. */
export type RecordWish = {
  readonly name: string;
  /** 0 to 254, unique in the map; stands in each version, so that a record read at the wrong place is refused. */
  readonly id: number;
  /** Largest body, bytes. */
  readonly bodyBytesMax: number;
};

/** Where a record lives: two copies, each a run of whole pages, each holding as many versions as fit. */
export type RecordPlace = RecordWish & {
  /** Bytes that one version takes, whole words. */
  readonly slotBytes: number;
  readonly slotsPerCopy: number;
  readonly pagesPerCopy: number;
  /** First page of copy 0 and of copy 1. */
  readonly firstPages: readonly [number, number];
};

/** The flash of one kind of device, as data. */
export type FlashMap = {
  readonly pageCount: number;
  readonly places: readonly RecordPlace[];
};

/** Lays records out one after the other. The order and sizes are part of a profile: changing them needs a new firmware number. */
export function flashMap(wishes: readonly RecordWish[]): FlashMap {
  assert(new Set(wishes.map((wish) => wish.id)).size === wishes.length, 'record ids are unique');
  assert(new Set(wishes.map((wish) => wish.name)).size === wishes.length, 'record names are unique');
  let nextPage = 0;
  const places: RecordPlace[] = [];
  for (const wish of wishes) {
    const slotBytes = Math.ceil((wish.bodyBytesMax + RECORD_FRAME_BYTES) / WORD_BYTES) * WORD_BYTES;
    const pagesPerCopy = Math.ceil(slotBytes / PAGE_BYTES);
    const slotsPerCopy = Math.floor((pagesPerCopy * PAGE_BYTES) / slotBytes);
    places.push({
      ...wish,
      slotBytes,
      slotsPerCopy,
      pagesPerCopy,
      firstPages: [nextPage, nextPage + pagesPerCopy],
    });
    nextPage += 2 * pagesPerCopy;
  }
  return { pageCount: nextPage, places };
}

/** Bytes of the whole image. */
export function flashBytes(map: FlashMap): number {
  return map.pageCount * PAGE_BYTES;
}

/** The place of a record that the map has. */
export function placeOf(map: FlashMap, name: string): RecordPlace {
  const place = map.places.find((candidate) => candidate.name === name);
  assert(place !== undefined, `the flash map has a record "${name}"`);
  return place;
}
