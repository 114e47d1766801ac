import type { Catalogue } from '../i18n/catalogue.ts';

/** A state of the validator in a clerk's words; its own name where there are none. What follows a colon stays. */
export function stateWords(state: string, texts: Catalogue['texts']): string {
  const [name = '', ...rest] = state.split(':');
  const known: Readonly<Record<string, string>> = texts;
  return [known[`state.${name}`] ?? name, ...rest].join(':');
}
