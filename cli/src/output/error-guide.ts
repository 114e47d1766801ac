import type { Catalogue } from '../i18n/catalogue.ts';
import { EXIT_CODES, isFailureId } from './failure-table.ts';

/** docs/guide/errors.md: every id with its exit code and its three sentences. */
export function errorGuide(catalogue: Catalogue): string {
  const ids = Object.keys(EXIT_CODES).filter(isFailureId);
  const rows = ids.map((id) => {
    const { what, safe, next } = catalogue.failures[id];
    return `| \`${id}\` | ${EXIT_CODES[id]} | ${[what, safe, next].map(cell).join(' | ')} |`;
  });
  return `${[...HEAD, ...rows].join('\n')}\n`;
}

const HEAD = [
  '# Errors',
  '',
  'Each error has a stable id, an exit code and three sentences: what happened, is the token safe, what to do next. This',
  'table is made from the catalogue of the command line (a test compares them); `chiavetta error ID` prints one row of it.',
  'Words in braces are filled in.',
  '',
  'Exit codes: 0 done, 1 our own fault, 2 something typed or a file does not fit, 3 the answer is no, 4 sign in or not',
  'allowed, 5 waits for a second person, 10 port, 20 link, 30 trust, 40 state, 50 interrupted, 60 server, 70 batch, 130',
  'stopped with Ctrl-C.',
  '',
  '| id | exit | what happened | is the token safe | what to do next |',
  '| --- | --- | --- | --- | --- |',
];

function cell(sentence: string): string {
  return sentence.replaceAll('|', '\\|');
}
