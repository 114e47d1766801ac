/** The laws that the kit can ask a validator to keep. `LAWS` says each in a sentence. */
export type LawId = 'one-session' | 'no-return' | 'no-oracle';

/**
 * A validator as the kit sees it. Whoever writes one for another validator implements this interface in a module that
 * exports `openTarget(options): Promise<Target>`, and passes the module's path as `--target`.
 */
export interface Target {
  /** As it was named on the command line. */
  readonly name: string;
  /** Laws that this target cannot be asked, and why: a report names them, so that silence is not taken for a pass. */
  readonly cannot: readonly { readonly law: LawId; readonly because: string }[];
  /** A customer of its own, with one event-based fob (HOTP, six digits) of which no code was used yet. */
  readonly enrol: () => Promise<Subject>;
  readonly close: () => Promise<void>;
}

/** What a target may be opened with. */
export type TargetOptions = {
  /** As it was named on the command line: the target's own name. */
  readonly name: string;
  /** Whatever the target draws at random should follow from it. */
  readonly seed: number;
};

/** One customer under test: what the customer holds, and what may be done to the validator in their name. */
export interface Subject {
  readonly userCode: string;
  readonly pin: string;
  /** What the fob shows at its press number `counter`, counted from 0. */
  readonly codeAt: (counter: number) => Promise<string>;
  /** User Code and PIN, right or wrong; any validator answers with a page that asks for a code. */
  readonly startLogin: (attempt: { readonly userCode: string; readonly pin: string }) => Promise<LoginPage>;
  /** Types a code, or two consecutive ones, into a page. */
  readonly postCode: (page: LoginPage, attempt: TypedCode) => Promise<CodeReply>;
  /** Whether the validator takes this session for open. */
  readonly isSessionOpen: (session: string) => Promise<boolean>;
  /** What else can be done to this target; the laws skip the acts that it lacks. */
  readonly acts: SubjectActs;
}

/** Acts that not every target offers. */
export type SubjectActs = {
  /** The account is closed, by staff or by its owner. */
  readonly block?: () => Promise<void>;
  /** The account is opened again with the same codes. */
  readonly reinstate?: () => Promise<void>;
  /** Time passes at the validator. */
  readonly wait?: (seconds: number) => Promise<void>;
  /** The validator stops and starts again on what it has stored. */
  readonly restart?: () => Promise<void>;
};

/** A page that waits for a code. */
export type LoginPage = {
  readonly id: string;
  /** What ties the page to its reader's browser. */
  readonly portalSession: string;
  /** What the page asks for: only pages of one kind are compared. */
  readonly kind: string;
  /** See `CodeReply.face`. */
  readonly face: string;
};

/** A code as typed. */
export type TypedCode = {
  readonly code: string;
  readonly nextCode?: string;
  /** The same key marks a retransmission of the same attempt. */
  readonly requestKey?: string;
};

/** The answer to a code. */
export type CodeReply = {
  /** Names the session that was opened; absent in a refusal. */
  readonly session?: string;
  /**
   * Everything that the customer's side can see of the answer: status, headers, body. What is random in every answer
   * (ids, keys, pictures) is replaced by its length, the rest stands as it came. Two faces are compared byte for byte.
   */
  readonly face: string;
};
