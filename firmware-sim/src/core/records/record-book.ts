import { assert, equalConstantTime } from '@chiavetta/protocol/bytes';
import type { FlashMap, RecordPlace } from '../flash-map.ts';
import { PAGE_BYTES, placeOf } from '../flash-map.ts';
import type { RecordVersion } from './record-version.ts';
import { decodeVersion, encodeVersion, flagOffset, isBlank } from './record-version.ts';

/** One flash operation, before it gets the number under which it is acknowledged. */
export type NvmOp =
  | { readonly tag: 'program'; readonly address: number; readonly bytes: Uint8Array }
  | { readonly tag: 'erase'; readonly page: number };

/** What firmware knows of one copy of a record. */
export type CopyState = {
  /** First blank slot; equal to the slots of a copy when the copy has to be erased before the next version. */
  readonly nextSlot: number;
  /** The slot that holds the current version, if this copy has it whole. */
  readonly currentSlot: number | undefined;
  /** Every bit of this copy's commit word agrees with the record. */
  readonly flagWhole: boolean;
};

/** A record as firmware sees it. `sequence` 0: no whole version anywhere. */
export type RecordEntry = {
  readonly sequence: number;
  readonly body: Uint8Array | undefined;
  readonly flagged: boolean;
  readonly copies: readonly [CopyState, CopyState];
};

/** All records of a device: plain data in the firmware's RAM, read once at power-on and kept in step with what is written. */
export type RecordBook = Readonly<Record<string, RecordEntry>>;

/** A change of the book and the flash operations that make it true, to be done in this order, each acknowledged. */
export type BookChange = { readonly book: RecordBook; readonly ops: readonly NvmOp[] };

/** Reads the best version of each record from a flash image. Total: any image of the map's size yields a book. */
export function readRecordBook(map: FlashMap, image: Uint8Array): RecordBook {
  assert(image.length === map.pageCount * PAGE_BYTES, 'the image has the size of its map');
  const book: Record<string, RecordEntry> = {};
  for (const place of map.places) book[place.name] = readEntry(place, image);
  return book;
}

/** The current body of a record, or `undefined` when no whole version exists. */
export function recordBody(book: RecordBook, name: string): Uint8Array | undefined {
  return entryOf(book, name).body;
}

/** Whether the commit word of the current version has been flipped. */
export function recordFlagged(book: RecordBook, name: string): boolean {
  return entryOf(book, name).flagged;
}

/**
 * Writes a new version to both copies, the copy without the current version first, so that one whole version stands
 * somewhere at every moment. The write counts only when the last operation is acknowledged.
 */
export function planWrite(
  map: FlashMap,
  book: RecordBook,
  write: { readonly name: string; readonly body: Uint8Array },
): BookChange {
  const place = placeOf(map, write.name);
  const entry = entryOf(book, write.name);
  const sequence = entry.sequence + 1;
  const bytes = encodeVersion(place, { sequence, body: write.body });
  const order: readonly (0 | 1)[] = entry.copies[0].currentSlot === undefined ? [0, 1] : [1, 0];
  const written = order.map((copy) => ({
    copy,
    ...writeCopy({ place, copy, state: entry.copies[copy], bytes }),
  }));
  const copies: [CopyState, CopyState] = [entry.copies[0], entry.copies[1]];
  for (const one of written) copies[one.copy] = one.state;
  return {
    book: { ...book, [write.name]: { sequence, body: write.body.slice(), flagged: false, copies } },
    ops: written.flatMap((one) => one.ops),
  };
}

/** Flips the commit word of the current version: one word in each copy. Doing it again does nothing. */
export function planFlag(map: FlashMap, book: RecordBook, name: string): BookChange {
  const place = placeOf(map, name);
  const entry = entryOf(book, name);
  assert(entry.sequence > 0, 'only a written record is committed');
  if (entry.flagged && entry.copies.every((copy) => copy.flagWhole)) return { book, ops: [] };
  const ops = ([0, 1] as const).flatMap((copy) => flagCopy(place, copy, entry.copies[copy]));
  const copies: [CopyState, CopyState] = [
    { ...entry.copies[0], flagWhole: true },
    { ...entry.copies[1], flagWhole: true },
  ];
  return { book: { ...book, [name]: { ...entry, flagged: true, copies } }, ops };
}

/**
 * Gives every record its second copy back after a cut or a rotten bit. Run at power-on before anything else is
 * written: from then on a single fault costs nothing.
 */
export function planRepair(map: FlashMap, book: RecordBook): BookChange {
  let repaired = book;
  const ops: NvmOp[] = [];
  for (const place of map.places) {
    const entry = entryOf(repaired, place.name);
    if (entry.body === undefined) continue;
    const copies: [CopyState, CopyState] = [entry.copies[0], entry.copies[1]];
    const bytes = encodeVersion(place, { sequence: entry.sequence, body: entry.body });
    for (const copy of [0, 1] as const) {
      const state = entry.copies[copy];
      if (state.currentSlot === undefined) {
        const written = writeCopy({ place, copy, state, bytes });
        copies[copy] = written.state;
        ops.push(...written.ops, ...(entry.flagged ? flagCopy(place, copy, written.state) : []));
      } else if (entry.flagged && !state.flagWhole) {
        ops.push(...flagCopy(place, copy, state));
        copies[copy] = { ...state, flagWhole: true };
      }
    }
    repaired = { ...repaired, [place.name]: { ...entry, copies } };
  }
  return { book: repaired, ops };
}

function entryOf(book: RecordBook, name: string): RecordEntry {
  const entry = book[name];
  assert(entry !== undefined, `the book has a record "${name}"`);
  return entry;
}

function readEntry(place: RecordPlace, image: Uint8Array): RecordEntry {
  const scans = [scanCopy(place, 0, image), scanCopy(place, 1, image)] as const;
  let best: RecordVersion | undefined;
  for (const { version } of scans.flatMap((scan) => scan.versions)) {
    const better = best === undefined || version.sequence > best.sequence;
    if (better || (version.sequence === best?.sequence && version.flagged)) best = version;
  }
  return {
    sequence: best?.sequence ?? 0,
    body: best?.body,
    flagged: best?.flagged ?? false,
    copies: [copyState(scans[0], best), copyState(scans[1], best)],
  };
}

type CopyScan = {
  readonly nextSlot: number;
  readonly versions: readonly { readonly slot: number; readonly version: RecordVersion }[];
};

function scanCopy(place: RecordPlace, copy: 0 | 1, image: Uint8Array): CopyScan {
  const versions: { readonly slot: number; readonly version: RecordVersion }[] = [];
  let nextSlot = 0;
  for (let slot = 0; slot < place.slotsPerCopy; slot += 1) {
    const address = slotAddress(place, copy, slot);
    const bytes = image.subarray(address, address + place.slotBytes);
    if (!isBlank(bytes)) nextSlot = slot + 1;
    const version = decodeVersion(place, bytes);
    if (version !== undefined) versions.push({ slot, version });
  }
  return { nextSlot, versions };
}

function copyState(scan: CopyScan, best: RecordVersion | undefined): CopyState {
  const current = scan.versions.find(
    ({ version }) =>
      best !== undefined && version.sequence === best.sequence && equalConstantTime(version.body, best.body),
  );
  return {
    nextSlot: scan.nextSlot,
    currentSlot: current?.slot,
    flagWhole: current?.version.flagWhole === true && current.version.flagged === best?.flagged,
  };
}

function writeCopy(job: {
  readonly place: RecordPlace;
  readonly copy: 0 | 1;
  readonly state: CopyState;
  readonly bytes: Uint8Array;
}): { readonly state: CopyState; readonly ops: readonly NvmOp[] } {
  const { place, copy } = job;
  const full = job.state.nextSlot >= place.slotsPerCopy;
  const slot = full ? 0 : job.state.nextSlot;
  const ops: NvmOp[] = [];
  for (let page = 0; full && page < place.pagesPerCopy; page += 1) {
    ops.push({ tag: 'erase', page: place.firstPages[copy] + page });
  }
  ops.push({ tag: 'program', address: slotAddress(place, copy, slot), bytes: job.bytes });
  return { state: { nextSlot: slot + 1, currentSlot: slot, flagWhole: true }, ops };
}

function flagCopy(place: RecordPlace, copy: 0 | 1, state: CopyState): readonly NvmOp[] {
  if (state.currentSlot === undefined) return [];
  const address = slotAddress(place, copy, state.currentSlot) + flagOffset(place);
  return [{ tag: 'program', address, bytes: new Uint8Array(4) }];
}

function slotAddress(place: RecordPlace, copy: 0 | 1, slot: number): number {
  return place.firstPages[copy] * PAGE_BYTES + slot * place.slotBytes;
}
