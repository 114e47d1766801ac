import type { Catalogue } from './catalogue.ts';
import { en } from './en.ts';

/** The languages of the texts; the first is the one to fall back to. */
export const LANGUAGES = ['en'] as const;

export type Language = (typeof LANGUAGES)[number];

/** Every text in each language. */
export const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en };
