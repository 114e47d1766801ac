import { readFileSync } from 'node:fs';
import { fromHex, toHex } from '@chiavetta/protocol/bytes';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { describe, expect, it } from 'vitest';
import { afterOp, imageWith } from './flash-image.ts';
import { flashMap } from './flash-map.ts';
import { sealForFlash } from './flash-sealing.ts';
import { PIN_TRIES_MAX } from './otc/index.ts';
import { makePinVerifier } from './otc/pin-verifier.ts';
import { planFlag, planWrite, readRecordBook } from './records/index.ts';
import { SERIAL_ASK_MS } from './serial/session-step.ts';

const spec = readFileSync(new URL('../../../docs/spec/devices.md', import.meta.url), 'utf8');

/** The values that an example prints, given ones and those that follow. */
function example(name: string): (key: string) => string {
  const block = spec.split(`\`\`\`example ${name}\n`)[1]?.split('\n```')[0] ?? '';
  const lines = block.replaceAll(/\n {2,}/g, '').matchAll(/^(?:-> )?(\w+) = ?(.*)$/gm);
  const values = new Map([...lines].map(([, name, value]) => [name, value]));
  return (key) => {
    const value = values.get(key);
    if (value === undefined) throw new Error(`the example ${name} has no line "${key}"`);
    return value;
  };
}

function bytesIn(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (!bytes.ok) throw new Error(`not hexadecimal: ${text}`);
  return bytes.value;
}

describe('the firmware writes what docs/spec/devices.md prints', () => {
  it('for a version of a record, before and after its commit word is flipped', () => {
    const value = example('record');
    const body = bytesIn(value('body'));
    const map = flashMap([
      { name: 'one', id: Number(value('recordId')), bodyBytesMax: Number(value('bodyBytesMax')) },
    ]);
    const earlier = Array.from({ length: Number(value('sequence')) - 1 }, () => ({ name: 'one', body }));
    const before = imageWith(map, earlier);
    const written = planWrite(map, readRecordBook(map, before), { name: 'one', body });
    const image = written.ops.reduce(afterOp, before);
    const flipped = planFlag(map, written.book, 'one').ops.reduce(afterOp, image);
    const slotBytes = map.places[0]?.slotBytes ?? 0;
    const at = earlier.length * slotBytes;
    expect(toHex(image.slice(at, at + slotBytes))).toBe(value('slot'));
    expect(toHex(flipped.slice(at, at + slotBytes))).toBe(value('flipped'));
  });

  it('for a sealed field', () => {
    const value = example('sealed-flash');
    const sealed = sealForFlash(nobleCrypto, {
      elementKey: bytesIn(value('elementKey')),
      recordId: Number(value('recordId')),
      nonce: bytesIn(value('nonce')),
      plaintext: bytesIn(value('plaintext')),
    });
    expect(toHex(sealed)).toBe(value('sealed'));
  });

  it('for the verifier of a PIN', () => {
    const value = example('pin-verifier');
    const { verifier } = makePinVerifier(nobleCrypto, {
      elementKey: bytesIn(value('elementKey')),
      salt: bytesIn(value('salt')),
      pin: value('pin'),
    });
    expect(toHex(verifier)).toBe(value('verifier'));
  });

  it('and keeps its tries and how long it waits for a person', () => {
    expect(spec).toContain(`| tries of the PIN | ${PIN_TRIES_MAX} |`);
    const waits = `| a question over the line waits for | ${SERIAL_ASK_MS / 1000} s |`;
    expect(spec.split(waits)).toHaveLength(3);
    expect(spec).toContain(`CLEAR or ${SERIAL_ASK_MS / 1000} s = refused`);
    expect(spec).toContain(`refused, or ${SERIAL_ASK_MS / 1000} s |`);
  });
});
