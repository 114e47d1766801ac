import type { Catalogue } from './catalogue.ts';
import { commandTexts } from './en/commands.ts';
import { demoLines } from './en/demo-lines.ts';
import { demoTitles } from './en/demo-titles.ts';
import { failureTexts } from './en/failures.ts';
import { optionTexts } from './en/options.ts';
import { texts } from './en/texts.ts';

/** English. */
export const en: Catalogue = {
  language: 'en',
  failures: failureTexts,
  commands: commandTexts,
  options: optionTexts,
  texts,
  demo: { titles: demoTitles, lines: demoLines },
};
