import { toHex } from '@chiavetta/protocol/bytes';
import { deadSalt } from '../../core/account-pin.ts';
import {
  decideAddOperator,
  decideAuthenticate,
  decideSignIn,
  operatorName,
  passwordVerifier,
} from '../../core/staff/operator-account.ts';
import { checkAct } from '../../core/staff/staff-check.ts';
import type { OperatorRecord } from '../../core/staff-records.ts';
import { changeOf } from '../../ports/store.ts';
import { decideAndCommit } from '../commit-loop.ts';
import { pageOf } from './page.ts';
import type { OperatorService, OperatorView, StaffPorts } from './staff-services.ts';

const TOKEN_BYTES = 32;
const SALT_BYTES = 16;

/** People and programs that work at the bank's side, and their sessions. */
export function operatorService(ports: StaffPorts): OperatorService {
  return {
    signIn: async (attempt) => await signIn(ports, attempt),
    authenticate: async (token) => await authenticate(ports, token),
    signOut: async (token) => {
      await decideAndCommit(ports, {
        read: async () => await ports.store.read('operatorSession', sessionIdOf(ports, token)),
        decide: (_decider, session) => ({
          answer: undefined,
          change: changeOf({
            removes:
              session === undefined
                ? []
                : [{ kind: 'operatorSession', id: session.id, expected: session.version }],
          }),
        }),
      });
    },
    add: async (actor, operator) => {
      const allowed = checkAct(actor, 'operator.add');
      if (!allowed.ok) return allowed;
      const name = operatorName(operator.name);
      const added = await decideAndCommit(ports, {
        read: async () => {
          const salt = ports.entropy(SALT_BYTES);
          const verifier = await markOf(ports, operator.password, salt);
          const [known, count] = await ports.store.readMany([
            { kind: 'operator', id: name },
            { kind: 'meta', id: 'operators' },
          ]);
          return { operator: known, count, salt, verifier };
        },
        decide: (decider, { salt, verifier, ...records }) =>
          decideAddOperator(decider, records, { actor, ...operator, name, salt, verifier }),
      });
      return added.ok ? { ok: true, value: viewOf(added.value) } : added;
    },
    list: async (actor, page) => {
      const allowed = checkAct(actor, 'operator.list');
      if (!allowed.ok) return allowed;
      const found = await ports.store.list(pageOf('operator', page));
      return { ok: true, value: found.map(({ value }) => viewOf(value)) };
    },
  };
}

async function signIn(
  ports: StaffPorts,
  attempt: { readonly name: string; readonly password: string },
): ReturnType<OperatorService['signIn']> {
  const name = operatorName(attempt.name);
  const token = toHex(ports.entropy(TOKEN_BYTES));
  const found = await decideAndCommit(ports, {
    read: async () => {
      const operator = name === '' ? undefined : await ports.store.read('operator', name);
      // An unknown name costs what a known one does.
      const deadKey = ports.keys.deadKey.expose();
      const salt = operator?.value.salt ?? deadSalt(ports.crypto, { deadKey, userCode: `operator ${name}` });
      return { operator, mark: await markOf(ports, attempt.password, salt) };
    },
    decide: (decider, { operator, mark }) =>
      decideSignIn(decider, { operator }, { mark, sessionId: sessionIdOf(ports, token) }),
  });
  if (!found.ok) return found;
  const { role } = found.value;
  return { ok: true, value: { token, name: found.value.name, role, expiresInS: expiresInS(ports) } };
}

async function authenticate(ports: StaffPorts, token: string): ReturnType<OperatorService['authenticate']> {
  const id = sessionIdOf(ports, token);
  const actor = await decideAndCommit(ports, {
    read: async () => {
      const session = await ports.store.read('operatorSession', id);
      const operator =
        session === undefined ? undefined : await ports.store.read('operator', session.value.name);
      return { session, operator };
    },
    decide: decideAuthenticate,
  });
  if (!actor.ok) return actor;
  const answer: Awaited<ReturnType<OperatorService['authenticate']>> = {
    ok: true,
    value: { actor: actor.value, expiresInS: expiresInS(ports) },
  };
  return answer;
}

async function markOf(ports: StaffPorts, password: string, salt: Uint8Array): Promise<Uint8Array> {
  const stretched = await ports.scrypt(new TextEncoder().encode(password), salt);
  return passwordVerifier(ports.crypto, { pepper: ports.keys.pepper.expose(), stretched });
}

/** Who reads the store learns no session token. */
function sessionIdOf(ports: StaffPorts, token: string): string {
  return toHex(ports.crypto.sha256(new TextEncoder().encode(token)));
}

function expiresInS(ports: StaffPorts): number {
  return ports.policy.staff.operatorInactivityMs / 1000;
}

function viewOf({ name, role, disabled, createdAtMs }: OperatorRecord): OperatorView {
  return { name, role, disabled, createdAtMs };
}
