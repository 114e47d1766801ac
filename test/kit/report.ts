import type { LawFailure, Tally } from './law.ts';
import type { LawId } from './target.ts';

/** What a run found about one law. `not asked` is neither yes nor no. */
export type LawReport =
  | {
      readonly law: LawId;
      readonly sentence: string;
      readonly outcome: 'held';
      readonly runs: number;
      readonly tally: Readonly<Tally>;
    }
  | {
      readonly law: LawId;
      readonly sentence: string;
      readonly outcome: 'failed';
      readonly runs: number;
      readonly tally: Readonly<Tally>;
      readonly failure: LawFailure & { readonly replay: string };
    }
  | {
      readonly law: LawId;
      readonly sentence: string;
      readonly outcome: 'not asked';
      readonly because: string;
    };

/** A whole run. */
export type RunReport = {
  readonly target: string;
  readonly seed: number;
  readonly laws: readonly LawReport[];
};

/** Whether every law that was asked held. */
export function lawsHeld(report: RunReport): boolean {
  return report.laws.every((one) => one.outcome !== 'failed');
}

/** A report as lines for a person. */
export function reportLines(report: RunReport): readonly string[] {
  return [`target ${report.target}, seed ${report.seed}`, ...report.laws.flatMap(lawLines)];
}

/** What was found about one law, as lines for a person. */
export function lawLines(one: LawReport): readonly string[] {
  const head = `${one.outcome.padEnd(9)}  ${one.law.padEnd(11)}  ${one.sentence}`;
  if (one.outcome === 'not asked') return [head, `             ${one.because}`];
  const { posts, sessions, refusals } = one.tally;
  const counts = `             ${one.runs} runs: ${posts} codes typed, ${sessions} let in, ${refusals} refused`;
  if (one.outcome === 'held') return [head, counts];
  const { failure } = one;
  return [
    head,
    counts,
    ...failure.happened.split('\n').map((line) => `    what happened: ${line}`),
    ...failure.commands.map((command, index) => `    ${String(index + 1).padStart(2)}. ${command}`),
    `    seed ${failure.seed}, path ${failure.path}`,
    `    ${failure.replay}`,
  ];
}

/** A report as one HTML page that needs nothing else. */
export function reportHtml(report: RunReport): string {
  const rows = report.laws.map((one) => {
    const lines = lawLines(one)
      .slice(1)
      .map((line) => line.trim());
    return `<tr class="${one.outcome.replace(' ', '-')}"><td>${one.outcome}</td><td><b>${one.law}</b><br>${escaped(one.sentence)}</td><td><pre>${escaped(lines.join('\n'))}</pre></td></tr>`;
  });
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Laws of a validator</title>',
    '<style>body{font-family:sans-serif}td{border:1px solid #999;padding:.4em;vertical-align:top}',
    '.held{background:#e7f6e7}.failed{background:#fbe3e3}.not-asked{background:#f2f2f2}</style>',
    `<h1>Laws of a validator</h1><p>Target ${escaped(report.target)}, seed ${report.seed}.</p>`,
    `<table>${rows.join('')}</table></html>`,
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/gu, (character) => `&#${character.charCodeAt(0)};`);
}
