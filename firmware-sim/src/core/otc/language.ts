import type { Board } from '../board.ts';
import { recordBody } from '../records/index.ts';

/** Languages of the token, in the order of the keys that choose them: 1, 2, 3. */
export const LANGUAGES = ['it', 'en', 'de'] as const;

/** A language of the token. */
export type Language = (typeof LANGUAGES)[number];

/** Name of the language record. */
export const LANGUAGE_RECORD = 'language';

/** Bytes of the language record: one, the index in `LANGUAGES`. */
export const LANGUAGE_BYTES = 1;

/** The chosen language; `undefined` until someone chooses one. */
export function readLanguage(board: Board): Language | undefined {
  const body = recordBody(board.book, LANGUAGE_RECORD);
  const index = body?.length === LANGUAGE_BYTES ? body[0] : undefined;
  return index === undefined ? undefined : LANGUAGES[index];
}

/** The body of the language record. */
export function encodeLanguage(language: Language): Uint8Array {
  return Uint8Array.of(LANGUAGES.indexOf(language));
}
