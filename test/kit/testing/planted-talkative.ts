import type { Subject, Target, TargetOptions } from '../target.ts';
import { inProcessTarget } from '../targets/in-process.ts';

/** A validator that tells whoever types a code that the account is blocked. */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const target = inProcessTarget(options);
  return { ...target, enrol: async () => talkative(await target.enrol()) };
}

function talkative(subject: Subject): Subject {
  let isBlocked = false;
  const { acts } = subject;
  return {
    ...subject,
    postCode: async (page, attempt) => {
      const reply = await subject.postCode(page, attempt);
      return reply.session === undefined && isBlocked ? { face: `${reply.face} (blocked)` } : reply;
    },
    acts: {
      ...acts,
      block: async () => {
        await acts.block?.();
        isBlocked = true;
      },
      reinstate: async () => {
        await acts.reinstate?.();
        isBlocked = false;
      },
    },
  };
}
