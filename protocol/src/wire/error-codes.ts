/** The codes of an ERROR frame and of a REFUSED message. Spec: docs/spec/wire.md, "Error codes". */
export const WIRE_ERRORS = {
  version: 1,
  badState: 2,
  sessionDead: 3,
  badLength: 4,
  authority: 5,
  ticket: 6,
  refusedByPerson: 7,
  storage: 8,
  tamper: 9,
  blocked: 10,
  unsupported: 11,
} as const;

/** The name of an error code that a token may send. */
export type WireErrorName = keyof typeof WIRE_ERRORS;

/** The name of a code, or `undefined` for one of a later version. */
export function wireErrorName(code: number): WireErrorName | undefined {
  return ERROR_NAMES.get(code);
}

const ERROR_NAMES: ReadonlyMap<number, WireErrorName> = new Map([
  [WIRE_ERRORS.version, 'version'],
  [WIRE_ERRORS.badState, 'badState'],
  [WIRE_ERRORS.sessionDead, 'sessionDead'],
  [WIRE_ERRORS.badLength, 'badLength'],
  [WIRE_ERRORS.authority, 'authority'],
  [WIRE_ERRORS.ticket, 'ticket'],
  [WIRE_ERRORS.refusedByPerson, 'refusedByPerson'],
  [WIRE_ERRORS.storage, 'storage'],
  [WIRE_ERRORS.tamper, 'tamper'],
  [WIRE_ERRORS.blocked, 'blocked'],
  [WIRE_ERRORS.unsupported, 'unsupported'],
]);
