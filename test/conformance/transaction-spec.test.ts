import { DEFAULT_POLICY } from '@chiavetta/validator';
import { PERMISSIONS, SERIAL_LIMITS, STAFF_ACTS, STAFF_REFUSALS } from '@chiavetta/validator/staff';
import { describe, expect, test } from 'vitest';
import { readSpec } from './spec-document.ts';
import { tableBelow } from './spec-table.ts';

const spec = readSpec('provisioning.md');
const ROLES = ['clerk', 'supervisor', 'auditor', 'referente', 'service'] as const;

describe('docs/spec/provisioning.md, the validator’s side', () => {
  test('prints who may do what as the code has it, every act and every role', () => {
    expect(tableBelow(spec, 'Two people')).toEqual(
      STAFF_ACTS.map((act) => [act, ...ROLES.map((role) => PERMISSIONS[act][role] ?? '')]),
    );
  });

  test('explains each refusal that staff can read, and no other', () => {
    expect(tableBelow(spec, 'Refusals').map(([id]) => id)).toEqual([...STAFF_REFUSALS]);
  });

  test('prints the times and the bound that the code has', () => {
    const { sessionsMax, idleMs, personMs } = SERIAL_LIMITS;
    const { reservedMs, requestMs } = DEFAULT_POLICY.staff;
    expect(spec).toContain(`${idleMs / 1000} seconds without a message, ${personMs / 1000} while a\n`);
    expect(spec).toContain(`at most ${sessionsMax} at once`);
    expect(spec).toContain(`is forgotten after ${reservedMs / 60_000} minutes`);
    expect([requestMs / 86_400_000, spec.includes('waits for seven days, then seven days')]).toEqual([
      7,
      true,
    ]);
  });
});
