import { branchTexts } from './branch-texts.ts';
import { developTexts } from './develop-texts.ts';

/** Texts of the program itself. `{name}` is filled in. */
const generalTexts = {
  'help.example': 'Example:',
  'help.groups.try': 'Try',
  'help.groups.branch': 'Branch',
  'help.groups.develop': 'Develop, test',
  'help.groups.operate': 'Operate',
  'help.verb_missing': 'A verb is missing after "{noun}": take one of the commands above.',
  'help.tagline': 'Virtual bank tokens, their validator and the branch tool that provisions them.',
} as const;

/** Every other text, by key. */
export const texts: typeof generalTexts & typeof branchTexts & typeof developTexts = {
  ...generalTexts,
  ...branchTexts,
  ...developTexts,
};

export type TextKey = keyof typeof texts;
