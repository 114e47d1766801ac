import type { CodeAnswer } from '@chiavetta/validator';
import type { Life } from './bound-token.ts';

/** A planted bug: lets a customer in again with a code that opened a session before. */
export function takesTheLastCodeTwice(life: Life): Life {
  const { portal } = life.bank;
  const taken = new Map<string, CodeAnswer>();
  const code: typeof portal.code = async (challengeId, attempt) => {
    const before = taken.get(attempt.code);
    if (before !== undefined) return before;
    const answer = await portal.code(challengeId, attempt);
    if (answer.outcome === 'session') taken.set(attempt.code, answer);
    return answer;
  };
  return { ...life, bank: { ...life.bank, portal: { ...portal, code } } };
}
