import type { Tally } from './law.ts';
import type { CodeReply, LoginPage, Subject, TypedCode } from './target.ts';

/** The codes that a fob shows, from its first press on, as far as a law has looked. */
export interface CodeBook {
  readonly at: (counter: number) => Promise<string>;
  /** All codes from counter 0 up to and with `counter`. */
  readonly upTo: (counter: number) => Promise<readonly string[]>;
  /** Six digits that none of the codes up to `counter` shows. */
  readonly wrong: (counter: number) => Promise<string>;
}

/** The code book of one fob. A fob only goes forward, so that its codes are read in order and kept. */
export function codeBook(subject: Subject): CodeBook {
  const codes: string[] = [];
  const upTo = async (counter: number): Promise<readonly string[]> => {
    while (codes.length <= counter) codes.push(await subject.codeAt(codes.length));
    return codes;
  };
  return {
    upTo,
    at: async (counter) => (await upTo(counter))[counter] ?? '',
    wrong: async (counter) => {
      const known = new Set(await upTo(counter));
      let guess = 0;
      while (known.has(sixDigits(guess))) guess += 1;
      return sixDigits(guess);
    },
  };
}

/** Types a code and counts the answer. */
export async function typed(
  subject: Subject,
  tally: Tally,
  post: { readonly page: LoginPage; readonly attempt: TypedCode },
): Promise<CodeReply> {
  const reply = await subject.postCode(post.page, post.attempt);
  tally.posts += 1;
  if (reply.session === undefined) tally.refusals += 1;
  else tally.sessions += 1;
  return reply;
}

function sixDigits(number: number): string {
  return String(number).padStart(6, '0');
}
