/** What the format bits of a symbol say (ISO/IEC 18004, "Format information"). */
export type FormatBits = {
  readonly level: 'L' | 'M' | 'Q' | 'H';
  readonly mask: number;
  /** Bits of the better copy that had to be corrected. */
  readonly correctedBits: number;
};

const FORMAT_BIT_COUNT = 15;
// Any two of the 32 words differ in at least 7 bits.
const CORRECTED_BITS_MAX = 3;
const GENERATOR = 0b10100110111;
const WHITENING = 0b101010000010010;
const LEVELS = ['M', 'L', 'H', 'Q'] as const;

type FormatWord = { readonly word: number; readonly level: FormatBits['level']; readonly mask: number };

const FORMAT_WORDS: readonly FormatWord[] = LEVELS.flatMap((level, levelBits) =>
  Array.from({ length: 8 }, (_, mask) => ({ word: formatWord(levelBits * 8 + mask), level, mask })),
);

/** Reads the format bits of one plane from the better of their two copies; nothing when both are too damaged. */
export function readFormatBits(dark: Uint8Array, sizeModules: number): FormatBits | undefined {
  let best: FormatBits | undefined;
  for (const places of formatPlaces(sizeModules)) {
    let read = 0;
    for (const [bit, [column, row]] of places.entries()) {
      read |= (dark[row * sizeModules + column] ?? 0) << bit;
    }
    for (const { word, level, mask } of FORMAT_WORDS) {
      const correctedBits = bitCount(word ^ read);
      if (best === undefined || correctedBits < best.correctedBits) best = { level, mask, correctedBits };
    }
  }
  return best !== undefined && best.correctedBits <= CORRECTED_BITS_MAX ? best : undefined;
}

/** Writes the true format bits into both copies, so that whoever reads the plane next sees the same format. */
export function restoreFormatBits(
  dark: Uint8Array,
  sizeModules: number,
  format: Pick<FormatBits, 'level' | 'mask'>,
): void {
  const known = FORMAT_WORDS.find(({ level, mask }) => level === format.level && mask === format.mask);
  for (const places of formatPlaces(sizeModules)) {
    for (const [bit, [column, row]] of places.entries()) {
      dark[row * sizeModules + column] = ((known?.word ?? 0) >> bit) & 1;
    }
  }
}

type Place = readonly [column: number, row: number];

/** The places of both copies, the lowest bit first: around the first finder, and beside the two others. */
function formatPlaces(sizeModules: number): readonly [readonly Place[], readonly Place[]] {
  const around: Place[] = [];
  const beside: Place[] = [];
  for (let bit = 0; bit < FORMAT_BIT_COUNT; bit += 1) {
    if (bit < 6) around.push([8, bit]);
    else if (bit < 8) around.push([8, bit + 1]);
    else if (bit === 8) around.push([7, 8]);
    else around.push([14 - bit, 8]);
    beside.push(bit < 8 ? [sizeModules - 1 - bit, 8] : [8, sizeModules - FORMAT_BIT_COUNT + bit]);
  }
  return [around, beside];
}

function formatWord(data: number): number {
  let rest = data << 10;
  for (let bit = 14; bit >= 10; bit -= 1) {
    if (((rest >> bit) & 1) === 1) rest ^= GENERATOR << (bit - 10);
  }
  return ((data << 10) | rest) ^ WHITENING;
}

function bitCount(value: number): number {
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
