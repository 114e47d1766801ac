import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseWitnessLine, signCheckpoint, verifyCheckpoint, witnessLine } from './checkpoint.ts';

const secret = new Uint8Array(32).fill(3);
const publicKey = crypto.ed25519PublicKey(secret);
const checkpoint = signCheckpoint(crypto, {
  secret,
  head: { count: 1_000, root: new Uint8Array(32).fill(9) },
  atMs: 1_700_000_000_000,
});

describe('a checkpoint', () => {
  test('holds for its count, root and time only, and under its key only', () => {
    expect(verifyCheckpoint(crypto, checkpoint, publicKey)).toBe(true);
    const others = [
      { ...checkpoint, count: 999 },
      { ...checkpoint, atMs: checkpoint.atMs + 1 },
      { ...checkpoint, root: new Uint8Array(32) },
      { ...checkpoint, root: new Uint8Array(31) },
      { ...checkpoint, count: 0.5 },
      { ...checkpoint, count: -1 },
      { ...checkpoint, signature: new Uint8Array(64) },
    ];
    for (const other of others) expect(verifyCheckpoint(crypto, other, publicKey)).toBe(false);
    expect(verifyCheckpoint(crypto, checkpoint, crypto.ed25519PublicKey(new Uint8Array(32)))).toBe(false);
  });

  test('reads back from its witness line', () => {
    expect(parseWitnessLine(witnessLine(checkpoint))).toEqual({ ok: true, value: checkpoint });
  });

  test('is not read from a line with any character changed, or is then no longer signed', () => {
    const line = witnessLine(checkpoint);
    for (let at = 0; at < line.length; at += 1) {
      for (const change of ['0', 'x', '"', ' ']) {
        if (line[at] === change) continue;
        const read = parseWitnessLine(`${line.slice(0, at)}${change}${line.slice(at + 1)}`);
        if (read.ok) expect(verifyCheckpoint(crypto, read.value, publicKey)).toBe(false);
      }
    }
  });

  test('is read from no other line, and no line throws', () => {
    fc.assert(fc.property(fc.string(), (line) => !parseWitnessLine(line).ok));
    for (const line of [
      '',
      '{}',
      `${witnessLine(checkpoint)} `,
      witnessLine(checkpoint).replace('1000', '01000'),
    ]) {
      expect(parseWitnessLine(line).ok).toBe(false);
    }
  });
});
