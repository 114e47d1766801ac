import { decideRenewPassword, passwordVerifier } from '../../core/staff/operator-account.ts';
import type { Actor, StaffAnswer } from '../../core/staff/staff-answer.ts';
import { decideAndCommit } from '../commit-loop.ts';
import type { StaffPorts } from './staff-services.ts';

const SALT_BYTES = 16;

/** Gives an operator a new password in place of one that nobody was told. For the first start alone. */
export async function renewPassword(
  ports: StaffPorts,
  job: { readonly actor: Actor; readonly name: string; readonly password: string },
): Promise<StaffAnswer<undefined>> {
  const salt = ports.entropy(SALT_BYTES);
  const stretched = await ports.scrypt(new TextEncoder().encode(job.password), salt);
  const verifier = passwordVerifier(ports.crypto, { pepper: ports.keys.pepper.expose(), stretched });
  return await decideAndCommit(ports, {
    read: async () => await ports.store.read('operator', job.name),
    decide: (_decider, operator) => decideRenewPassword({ operator }, { actor: job.actor, salt, verifier }),
  });
}
