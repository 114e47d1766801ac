import type { BindingView, TokenView } from '../api/staff-views.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import { stateWords } from './state-words.ts';
import { nameValueLines, table } from './table.ts';

type Texts = Catalogue['texts'];

/** A token as a clerk reads it: its true state in words. */
export function tokenLines(token: TokenView, texts: Texts): readonly string[] {
  const { bindings = [], notes } = token;
  return [
    ...nameValueLines([
      [texts['column.token'], token.serial],
      [texts['column.kind'], token.kind],
      [texts['column.state'], stateWords(token.device, texts)],
      [texts['column.prekeys'], token.prekeysLeft],
    ]),
    ...bindings.flatMap((binding) => bindingLines(binding, texts)),
    ...notes.map((note) => `${texts['column.note']}: ${note}`),
  ];
}

function bindingLines(binding: BindingView, texts: Texts): readonly string[] {
  const lines = nameValueLines([
    [texts['column.customer'], binding.customerId],
    [texts['column.slot'], binding.slot],
    [texts['column.binding'], bindingWords(binding, texts)],
    [texts['column.lock'], binding.lock],
    [texts['column.last_accepted'], binding.lastAccepted],
    [texts['column.last_refusal'], binding.lastRefusal],
  ]);
  return [...lines, ...binding.notes.map((note) => `${texts['column.note']}: ${note}`)].map(
    (line) => `  ${line}`,
  );
}

/** State, and what lies over it: `paired, blocked: reported stolen`. */
function bindingWords({ state, overlay }: BindingView, texts: Texts): string {
  const words = stateWords(state, texts);
  return overlay === 'NONE' ? words : `${words}, ${stateWords(overlay, texts)}`;
}

/** Tokens in a table, a line each. */
export function tokenTable(tokens: readonly TokenView[], texts: Texts): readonly string[] {
  const heading = [
    texts['column.token'],
    texts['column.kind'],
    texts['column.state'],
    texts['column.customer'],
    texts['column.note'],
  ];
  const rows = tokens.map(({ serial, kind = '', device, bindings = [], notes }) => [
    serial,
    kind,
    stateWords(device, texts),
    bindings.map((binding) => `${binding.customerId} ${bindingWords(binding, texts)}`).join('; '),
    notes.join('; '),
  ]);
  return table([heading, ...rows]);
}
