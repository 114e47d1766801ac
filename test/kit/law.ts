import fc from 'fast-check';
import type { LawId, Subject, Target } from './target.ts';

/** What was done to a target while a law was asked. A law under which no session was ever opened says nothing. */
export type Tally = { posts: number; sessions: number; refusals: number };

/** A law as its file states it: random lists of commands, and what must hold while they are carried out. */
export type LawStatement<Command> = {
  readonly id: LawId;
  /** The law as one sentence. */
  readonly sentence: string;
  readonly commands: fc.Arbitrary<readonly Command[]>;
  /** One command in words. */
  readonly say: (command: Command) => string;
  /** Carries the commands out; what broke the law in words, or `undefined`. */
  readonly check: (
    subject: Subject,
    commands: readonly Command[],
    tally: Tally,
  ) => Promise<string | undefined>;
};

/** A law that can be asked of any target. */
export type Law = {
  readonly id: LawId;
  readonly sentence: string;
  readonly ask: (question: Question) => Promise<LawAnswer>;
};

/** How a law is asked. */
export type Question = {
  readonly target: Target;
  readonly seed: number;
  /** How many lists of commands at most. */
  readonly runs: number;
  /** Time after which no further list is begun, milliseconds. */
  readonly timeMs?: number;
  /** Only the list of commands that a failure named. */
  readonly path?: string;
  readonly signal?: AbortSignal;
};

/** What came of it. */
export type LawAnswer = {
  readonly runs: number;
  readonly tally: Readonly<Tally>;
  readonly failure?: LawFailure;
};

/** How a law was broken: everything that is needed to break it again. */
export type LawFailure = {
  readonly seed: number;
  /** Where fast-check finds the shrunk list under this seed. */
  readonly path: string;
  /** The shrunk list, a command a line. */
  readonly commands: readonly string[];
  readonly happened: string;
};

/** A law that did not hold. Thrown inside a run only, so that fast-check shrinks it. */
class LawBroken extends Error {
  readonly happened: string;
  constructor(happened: string) {
    super(happened);
    this.name = 'LawBroken';
    this.happened = happened;
  }
}

/** Makes a law askable. A target that fails in another way (it went away) is no broken law: that error is thrown on. */
export function law<Command>(statement: LawStatement<Command>): Law {
  const { id, sentence } = statement;
  return { id, sentence, ask: (question) => ask(statement, question) };
}

async function ask<Command>(
  statement: LawStatement<Command>,
  { target, seed, runs, timeMs, path, signal }: Question,
): Promise<LawAnswer> {
  const tally: Tally = { posts: 0, sessions: 0, refusals: 0 };
  let trouble: { readonly error: unknown } | undefined;
  const property = fc.asyncProperty(statement.commands, async (commands) => {
    // Once the target itself fails, shrinking would only ask a dead target again and again.
    if (trouble !== undefined) throw trouble.error;
    let happened: string | undefined;
    try {
      signal?.throwIfAborted();
      happened = await statement.check(await target.enrol(), commands, tally);
    } catch (error) {
      trouble = { error };
      throw error;
    }
    if (happened !== undefined) throw new LawBroken(happened);
  });
  const details = await fc.check(property, {
    seed,
    numRuns: path === undefined ? runs : 1,
    ...(path === undefined ? {} : { path, endOnFailure: true }),
    ...(timeMs === undefined ? {} : { interruptAfterTimeLimit: Math.max(1, timeMs) }),
  });
  if (trouble !== undefined) throw trouble.error;
  const answer = { runs: details.numRuns, tally };
  if (!details.failed || details.counterexample === null) return answer;
  const { errorInstance } = details;
  const happened = errorInstance instanceof LawBroken ? errorInstance.happened : String(errorInstance);
  const commands = details.counterexample[0].map(statement.say);
  return {
    ...answer,
    failure: { seed: details.seed, path: details.counterexamplePath ?? '', commands, happened },
  };
}
