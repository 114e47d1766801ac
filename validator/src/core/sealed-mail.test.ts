import { nobleCrypto } from '@chiavetta/protocol/ports';
import { describe, expect, test } from 'vitest';
import { openMail, sealMail } from './sealed-mail.ts';

const keys = { kek: new Uint8Array(32).fill(1), hedgeKey: new Uint8Array(32).fill(2) };
const parts = { crypto: nobleCrypto, keys };
const random = (fill: number): Uint8Array => new Uint8Array(48).fill(fill);
const mail = {
  ...({ to: 'anna@example.org', kind: 'new-pin', customerId: 'anna' } as const),
  fields: { name: 'Anna' },
  secret: { pin: '93751' },
};
const sealed = sealMail({ ...parts, random: random(3) }, mail);
const box = sealed.sealed ?? { customerId: '', id: '', box: '' };

describe('a message with secret fields', () => {
  test('shows nothing of them before it is delivered, and everything then', () => {
    expect(JSON.stringify(sealed)).not.toContain('93751');
    expect(Buffer.from(box.box, 'base64').includes('93751')).toBe(false);
    expect(openMail(parts, sealed)).toEqual({
      ...{ to: mail.to, kind: mail.kind },
      fields: { name: 'Anna', pin: '93751' },
    });
  });

  test('opens for no other receiver, kind, customer or message, and not when edited', () => {
    const other = sealMail({ ...parts, random: random(4) }, { ...mail, customerId: 'bruno' });
    const edited = `${box.box.startsWith('A') ? 'B' : 'A'}${box.box.slice(1)}`;
    for (const wrong of [
      { ...sealed, to: 'bruno@example.org' },
      { ...sealed, kind: 'initial-pin' as const },
      { ...sealed, sealed: { ...box, customerId: 'bruno' } },
      { ...sealed, sealed: { ...box, id: '04'.repeat(16) } },
      { ...sealed, sealed: { ...box, box: edited } },
      { ...sealed, sealed: { ...box, box: '' } },
      { ...sealed, sealed: { ...box, box: other.sealed?.box ?? '' } },
    ]) {
      expect(openMail(parts, wrong)).toBeUndefined();
    }
    expect(openMail({ ...parts, keys: { kek: new Uint8Array(32).fill(9) } }, sealed)).toBeUndefined();
  });

  test('has another nonce than any other message, even when the random bytes repeat', () => {
    const again = sealMail({ ...parts, random: random(3) }, { ...mail, secret: { pin: '93752' } });
    expect(again.sealed?.box.slice(0, 16)).not.toBe(box.box.slice(0, 16));
  });
});
