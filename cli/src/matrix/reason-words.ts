import type { Catalogue } from '../i18n/catalogue.ts';

/** Why a picture was not read, in words. */
export function reasonWords(texts: Catalogue['texts'], code: string): string {
  switch (code) {
    case 'not_a_png':
    case 'unsupported':
    case 'truncated':
    case 'damaged':
    case 'too_large':
    case 'too_small':
    case 'file_too_large':
    case 'no_symbol':
    case 'foreign_code':
      return texts[`matrix.reason.${code}`];
    default:
      return texts['matrix.reason.other'];
  }
}
