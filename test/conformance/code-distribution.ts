import { u32 } from '@chiavetta/protocol/bytes';
import { decDigits, responseCodeFromKey } from '@chiavetta/protocol/otc';
import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';

/** Chi-square of one digit group of many codes, with the bounds between which it lies 99.9 % of the time. */
export type Distribution = { readonly chiSquare: number; readonly low: number; readonly high: number };

/** `codeCount` codes of a kind, each from another challenge, cut into groups of three digits from the left. */
export function codeDistributions(digits: 6 | 10, codeCount: number): readonly Distribution[] {
  const groupCount = Math.floor(digits / 3);
  const counts = Array.from({ length: groupCount }, () => new Array<number>(1_000).fill(0));
  const key = new Uint8Array(32).fill(0x5a);
  const plaintextHash = new Uint8Array(32);
  for (let at = 0; at < codeCount; at += 1) {
    const header = u32(at);
    const code =
      digits === 6
        ? responseCodeFromKey(crypto, { responseKey: key, header, plaintextHash })
        : decDigits(crypto.hmacSha256(key, header), 10);
    counts.forEach((group, index) => {
      const cell = Number(code.slice(index * 3, index * 3 + 3));
      group[cell] = (group[cell] ?? 0) + 1;
    });
  }
  const expected = codeCount / 1_000;
  return counts.map((group) => ({
    chiSquare: group.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0),
    ...bounds(999),
  }));
}

/** p = 0.0005 at each end, by the cube-root approximation of Wilson and Hilferty. */
function bounds(degrees: number): { readonly low: number; readonly high: number } {
  const deviation = 3.2905;
  const spread = 2 / (9 * degrees);
  const at = (z: number): number => degrees * (1 - spread + z * Math.sqrt(spread)) ** 3;
  return { low: at(-deviation), high: at(deviation) };
}
