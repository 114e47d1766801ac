import { asciiBytes, toHex } from '@chiavetta/protocol/bytes';
import { describe, expect, test } from 'vitest';
import { boundedScrypt } from './bounded-scrypt.ts';

const CHEAP = { cost: 16, blockSize: 1, parallelization: 1 };

describe('scrypt with a bounded queue', () => {
  test('gives the start of the second vector of RFC 7914 §12', async () => {
    const cost = { cost: 1024, blockSize: 8, parallelization: 16 };
    const stretch = boundedScrypt(cost, { runningMax: 1, waitingMax: 1 });
    const stretched = await stretch(asciiBytes('password'), asciiBytes('NaCl'));
    expect(toHex(stretched)).toBe('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162');
  });

  test('takes the cost that the policy names, up to 16 MiB a run', async () => {
    const stretch = boundedScrypt(
      { cost: 16_384, blockSize: 8, parallelization: 1 },
      { runningMax: 1, waitingMax: 1 },
    );
    await expect(stretch(asciiBytes('pleaseletmein'), asciiBytes('SodiumChloride'))).resolves.toEqual(
      Uint8Array.from(Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex')),
    );
  });

  test('refuses who comes when the line is full, and answers everyone who is in it', async () => {
    const stretch = boundedScrypt(CHEAP, { runningMax: 2, waitingMax: 3 });
    const pins = Array.from({ length: 8 }, (_, index) => Uint8Array.of(index));
    const answers = await Promise.allSettled(pins.map((pin) => stretch(pin, asciiBytes('salt'))));
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 5 }, () => 'fulfilled'),
      ...Array.from({ length: 3 }, () => 'rejected'),
    ]);
    expect(answers[7]).toMatchObject({ reason: { code: 'QUEUE_FULL' } });
    await expect(stretch(asciiBytes('later'), asciiBytes('salt'))).resolves.toHaveLength(32);
  });

  test('gives its place back when a run fails', async () => {
    const broken = boundedScrypt(
      { cost: 15, blockSize: 1, parallelization: 1 },
      { runningMax: 1, waitingMax: 0 },
    );
    await expect(broken(asciiBytes('a'), asciiBytes('b'))).rejects.toThrow();
    await expect(broken(asciiBytes('a'), asciiBytes('b'))).rejects.not.toMatchObject({ code: 'QUEUE_FULL' });
  });
});
