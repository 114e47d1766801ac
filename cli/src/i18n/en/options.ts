import { branchOptionTexts } from './branch-options.ts';
import { developOptionTexts } from './develop-options.ts';

/** One line an option (by its long name) or argument (in angle brackets). */
export const optionTexts: Readonly<Record<string, string>> = {
  ...branchOptionTexts,
  ...developOptionTexts,
  list: 'show the steps and the sentences that they carry out, and do nothing',
  only: 'a step, a sentence (S1.4) or a system (S2), with the steps that it needs',
  keep: 'keep the folder with logs, mails, pictures and traces',
  json: 'print JSON on standard output, for programs',
  lang: 'language of the texts (else LC_ALL or LANG)',
  config: 'settings file (else config.json in the folder that "config path" shows)',
  plain: 'plain lines, no colours and no drawing',
  yes: 'answer yes to every question',
  quiet: 'no sentences beside the answer',
  stdin: 'take answers from the lines of standard input',
  server: 'URL of the validator (else CHIAVETTA_SERVER, else the settings file, else the one that runs here)',
  help: 'show this help',
  version: 'show the versions of package, wire, matrix, schema and firmware',
};
