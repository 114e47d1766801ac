/** What happened, is the token safe, what to do next: the three sentences of every failure. */
export type FailureSentences = { readonly what: string; readonly safe: string; readonly next: string };
