import { assert } from '@chiavetta/protocol/bytes';
import type { StaffPerson } from './branch.ts';
import type { DemoToken } from './demo-token.ts';
import type { DemoCustomer } from './people.ts';
import type { Challenge, PortalSession } from './portal.ts';
import type { StartedValidator } from './validator-process.ts';

/** An entry of the audit log, as far as the demo looks at it. */
export type DemoAuditEntry = {
  readonly index: number;
  readonly subjectIndex: number;
  readonly atMs: number;
  /** Base64. */
  readonly previous: string;
};

/** Everything that one step can leave for the next. */
export type PropTypes = {
  readonly validator: StartedValidator;
  readonly clerk: StaffPerson;
  readonly supervisor: StaffPerson;
  readonly referente: StaffPerson;
  readonly anna: DemoCustomer;
  readonly bruno: DemoCustomer;
  readonly fob: DemoToken;
  readonly otc: DemoToken;
  readonly newFob: DemoToken;
  readonly newOtc: DemoToken;
  /** A code of Anna's that was accepted. */
  readonly usedFobCode: string;
  readonly annaSession: string;
  readonly brunoSession: PortalSession;
  /** The challenge of Bruno's pairing that waits for its code. */
  readonly pairing: Challenge;
  /** Picture files of Bruno's pairing and of his last login. */
  readonly pairPicture: string;
  readonly secondPicture: string;
  readonly auditEntries: readonly DemoAuditEntry[];
  readonly loginPicture: string;
};

/** What stands on the stage, by name. */
export interface Props {
  readonly get: <Name extends keyof PropTypes>(name: Name) => PropTypes[Name];
  readonly put: <Name extends keyof PropTypes>(name: Name, value: PropTypes[Name]) => void;
}

/** An empty stage. */
export function emptyProps(): Props {
  const known = new Map<string, unknown>();
  function get<Name extends keyof PropTypes>(name: Name): PropTypes[Name];
  function get(name: string): unknown {
    assert(known.has(name), `a step that works with "${name}" needs the one that brings it`);
    return known.get(name);
  }
  return {
    get,
    put: (name, value) => {
      known.set(name, value);
    },
  };
}
