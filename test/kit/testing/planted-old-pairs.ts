import { codeBook } from '../code-book.ts';
import type { Subject, Target, TargetOptions } from '../target.ts';
import { inProcessTarget } from '../targets/in-process.ts';

/** A resync by two codes that looks backwards too, as in CVE-2019-12887: older pairs open sessions again. */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const target = inProcessTarget(options);
  return { ...target, enrol: async () => forgetful(await target.enrol()) };
}

function forgetful(subject: Subject): Subject {
  const book = codeBook(subject);
  let lastAccepted = -1;
  let planted = 0;
  return {
    ...subject,
    postCode: async (page, attempt) => {
      const reply = await subject.postCode(page, attempt);
      const { code, nextCode } = attempt;
      const codes = await book.upTo(lastAccepted + 100);
      const first = codes.indexOf(code);
      const last = nextCode === undefined ? first : first + 1;
      if (reply.session !== undefined) {
        lastAccepted = Math.max(lastAccepted, last);
        return reply;
      }
      if (first < 0 || nextCode === undefined || codes[last] !== nextCode || last >= lastAccepted)
        return reply;
      planted += 1;
      return { session: `planted ${planted}`, face: reply.face };
    },
    isSessionOpen: async (session) => session.startsWith('planted') || (await subject.isSessionOpen(session)),
  };
}
