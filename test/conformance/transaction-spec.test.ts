import { PERMISSIONS, STAFF_ACTS, STAFF_REFUSALS } from '@chiavetta/validator/staff';
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
});
