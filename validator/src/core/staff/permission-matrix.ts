import type { OperatorRole } from '../staff-records.ts';

/** Everything that staff do. */
export const STAFF_ACTS = [
  'operator.add',
  'operator.list',
  'customer.add',
  'customer.show',
  'customer.block',
  'customer.reinstate',
  'customer.new_pin',
  'token.list',
  'token.show',
  'token.block',
  'request.make',
  'request.list',
  'request.approve',
  'request.reject',
  'serial.provision',
  'serial.bind',
  'serial.unlock',
  'serial.reset',
  'serial.rekey',
  'serial.revoke',
  'stock.import',
  'audit.read',
] as const;
export type StaffAct = (typeof STAFF_ACTS)[number];

/**
 * `any`: whatever it concerns. `own`: the referente's own customers, or the request that the actor made. `others`: a
 * request that somebody else made; this is what makes an approval take two people.
 */
export type ActScope = 'any' | 'own' | 'others';
/** Whether the thing acted on is the actor's own. */
export type Relation = 'own' | 'other';

const STAFF: Partial<Record<OperatorRole, ActScope>> = { clerk: 'any', supervisor: 'any' };

/** Who may do what. What is not written here is not allowed. docs/spec/provisioning.md, "Two people". */
export const PERMISSIONS: Readonly<Record<StaffAct, Readonly<Partial<Record<OperatorRole, ActScope>>>>> = {
  'operator.add': { supervisor: 'any' },
  'operator.list': { supervisor: 'any', auditor: 'any' },
  'customer.add': STAFF,
  'customer.show': { ...STAFF, auditor: 'any', referente: 'own' },
  // Blocking never waits: whoever may learn of a loss may block.
  'customer.block': { ...STAFF, referente: 'own', service: 'any' },
  'customer.reinstate': { ...STAFF, referente: 'own' },
  'customer.new_pin': { ...STAFF, referente: 'own' },
  'token.list': { ...STAFF, auditor: 'any' },
  'token.show': { ...STAFF, auditor: 'any', referente: 'own' },
  'token.block': { ...STAFF, referente: 'own', service: 'any' },
  'request.make': STAFF,
  'request.list': { ...STAFF, auditor: 'any' },
  'request.approve': { supervisor: 'others' },
  'request.reject': { supervisor: 'any', clerk: 'own' },
  'serial.provision': STAFF,
  'serial.bind': STAFF,
  'serial.unlock': STAFF,
  'serial.reset': STAFF,
  'serial.rekey': STAFF,
  'serial.revoke': STAFF,
  'stock.import': { ...STAFF, service: 'any' },
  'audit.read': { supervisor: 'any', auditor: 'any' },
};

/** Whether the role may do this to a thing that is the actor's own, or is not. */
export function isAllowed(attempt: {
  readonly role: OperatorRole;
  readonly act: StaffAct;
  readonly relation: Relation;
}): boolean {
  const scope = PERMISSIONS[attempt.act][attempt.role];
  if (scope === undefined) return false;
  return scope === 'any' || (scope === 'own') === (attempt.relation === 'own');
}
