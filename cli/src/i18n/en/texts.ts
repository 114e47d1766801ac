/** Every other text, by key. `{name}` is filled in. */
export const texts = {
  'help.example': 'Example:',
  'help.groups.try': 'Try',
  'help.groups.branch': 'Branch',
  'help.groups.develop': 'Develop, test',
  'help.groups.operate': 'Operate',
  'help.tagline': 'Virtual bank tokens, their validator and the branch tool that provisions them.',
} as const;

export type TextKey = keyof typeof texts;
