import { describe, expect, test } from 'vitest';
import type { CustomerRecord } from './customer-record.ts';
import { bankMails, blockMails } from './notices.ts';

const pin = { salt: new Uint8Array(16), verifier: new Uint8Array(32), initial: false, setAtMs: 0 };
const customer: CustomerRecord = {
  ...{ customerId: 'c1', userCode: '12345678', name: 'Anna', label: 'Anna', email: 'anna@example.org' },
  ...{ referente: 'boss@example.org', pin, oldPins: [], wrongPins: 0, factors: [] },
};

describe('who is told of a block', () => {
  test('customer, company contact and bank get one message each', () => {
    const mails = blockMails({ bankMail: 'blocks@bank.example' }, customer, {
      kind: 'account-blocked',
      fields: { reason: 'five wrong PINs' },
    });
    expect(mails.map(({ to, kind }) => `${kind} ${to}`)).toEqual([
      'account-blocked anna@example.org',
      'account-blocked boss@example.org',
      'bank-notice blocks@bank.example',
    ]);
    expect(mails[2]?.fields).toEqual({
      what: 'account blocked',
      name: 'Anna',
      serial: 'all',
      reason: 'five wrong PINs',
    });
  });

  test('a bank that names no address is not written to', () => {
    expect(bankMails(undefined, { kind: 'device-blocked', fields: {} })).toEqual([]);
    expect(blockMails({}, customer, { kind: 'account-blocked' })).toHaveLength(2);
  });
});
