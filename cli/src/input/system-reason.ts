const WORDS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder.',
  ENOTDIR: 'a part of its path is no folder.',
  EACCES: 'you may not read it.',
  EPERM: 'you may not read it.',
  EMFILE: 'too many files are open.',
};

/** Why the system did not let a file be read, in words; an unusual reason keeps its code. */
export function systemReason(code: string): string {
  return Object.hasOwn(WORDS, code) ? (WORDS[code] ?? code) : `the system says ${code}.`;
}
