import { describe, expect, it } from 'vitest';
import type { OperatorRole } from '../staff-records.ts';
import type { Relation } from './permission-matrix.ts';
import { isAllowed, PERMISSIONS, STAFF_ACTS } from './permission-matrix.ts';

const ROLES: readonly OperatorRole[] = ['clerk', 'supervisor', 'auditor', 'referente', 'service'];
const RELATIONS: readonly Relation[] = ['own', 'other'];

/** Written out a second time, by hand: whoever changes the matrix says so twice. */
const EXPECTED: Readonly<Record<OperatorRole, string>> = {
  clerk: `customer.add customer.show customer.block customer.reinstate customer.new_pin token.list token.show
    token.block request.make request.list request.reject:own serial.provision serial.bind serial.unlock serial.reset
    serial.rekey serial.revoke stock.import`,
  supervisor: `operator.add operator.list customer.add customer.show customer.block customer.reinstate
    customer.new_pin token.list token.show token.block request.make request.list request.approve:other request.reject
    serial.provision serial.bind serial.unlock serial.reset serial.rekey serial.revoke stock.import audit.read`,
  auditor: 'operator.list customer.show token.list token.show request.list audit.read',
  referente:
    'customer.show:own customer.block:own customer.reinstate:own customer.new_pin:own token.show:own token.block:own',
  service: 'customer.block token.block stock.import',
};

describe('the permission matrix', () => {
  it('allows exactly what is expected: every role, every act, own and other', () => {
    const unexpected: string[] = [];
    let asked = 0;
    for (const role of ROLES) {
      const expected = EXPECTED[role].split(/\s+/);
      for (const act of STAFF_ACTS) {
        for (const relation of RELATIONS) {
          const isExpected = expected.includes(act) || expected.includes(`${act}:${relation}`);
          if (isAllowed({ role, act, relation }) !== isExpected)
            unexpected.push(`${role} ${act} ${relation}`);
          asked += 1;
        }
      }
    }
    expect(unexpected).toEqual([]);
    expect(asked).toBe(5 * 22 * 2);
  });

  it('names only acts and roles that exist in what is expected', () => {
    const named = Object.values(EXPECTED)
      .flatMap((text) => text.split(/\s+/))
      .map((one) => one.replace(/:.*/, ''));
    expect(new Set(named)).toEqual(new Set(STAFF_ACTS));
    expect(Object.keys(PERMISSIONS)).toEqual([...STAFF_ACTS]);
  });

  it('lets nobody approve their own request', () => {
    for (const role of ROLES)
      expect(isAllowed({ role, act: 'request.approve', relation: 'own' })).toBe(false);
  });
});
