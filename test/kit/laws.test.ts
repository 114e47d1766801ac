import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { RunReport } from './report.ts';
import { lawsHeld, reportHtml, reportLines } from './report.ts';
import { replayLaw, runLaws } from './run-laws.ts';
import type { LawId, Target } from './target.ts';
import { openTarget } from './targets/open-target.ts';

const clock = { nowMs: (): number => performance.now() };

const PLANTED: readonly { readonly file: string; readonly breaks: LawId }[] = [
  { file: 'planted-double-accept.ts', breaks: 'one-session' },
  { file: 'planted-old-pairs.ts', breaks: 'no-return' },
  { file: 'planted-talkative.ts', breaks: 'no-oracle' },
];

function plantedPath(file: string): string {
  return fileURLToPath(new URL(`./testing/${file}`, import.meta.url));
}

async function withTarget<T>(name: string, use: (target: Target) => Promise<T>, seed = 11): Promise<T> {
  const target = await openTarget(name, { seed });
  try {
    return await use(target);
  } finally {
    await target.close();
  }
}

function failureOf(report: RunReport) {
  return report.laws.flatMap((one) => (one.outcome === 'failed' ? [one] : []));
}

describe('the validator', () => {
  test('keeps every law in this process, and the laws had something to say', async () => {
    const report = await withTarget('in-process', (target) =>
      runLaws({ target, seed: 11, runs: 100, ...clock }),
    );
    expect(report.laws.map((one) => one.outcome)).toEqual(['held', 'held', 'held']);
    for (const one of report.laws) {
      if (one.outcome !== 'held') continue;
      expect(one.tally.sessions).toBeGreaterThan(50);
      expect(one.tally.refusals).toBeGreaterThan(50);
    }
  });

  test('keeps every law over a database that is closed and opened in between', async () => {
    const report = await withTarget('in-process-sqlite', (target) =>
      runLaws({ target, seed: 12, runs: 10, ...clock }),
    );
    expect(lawsHeld(report)).toBe(true);
  });
});

describe.each(PLANTED)('with a planted bug ($file)', ({ file, breaks }) => {
  test(`exactly ${breaks} goes red, and its replay line breaks it again`, async () => {
    const name = plantedPath(file);
    const report = await withTarget(name, (target) => runLaws({ target, seed: 11, runs: 100, ...clock }));
    const [failed, ...others] = failureOf(report);
    expect([failed?.law, others]).toEqual([breaks, []]);
    expect(lawsHeld(report)).toBe(false);
    const { failure } = failed ?? {};
    expect(failure?.seed).toBe(11);
    expect(failure?.commands.length).toBeGreaterThan(0);
    expect(reportLines(report).join('\n')).toContain(failure?.replay);
    expect(reportHtml(report)).toContain('class="failed"');

    const words = shellWords(failure?.replay ?? '');
    expect(words.slice(0, 3)).toEqual(['chiavetta', 'qa', 'replay']);
    const option = (flag: string): string => words[words.indexOf(flag) + 1] ?? '';
    expect([option('--target'), option('--law')]).toEqual([name, breaks]);
    const again = await withTarget(option('--target'), (target) =>
      replayLaw({
        target,
        law: breaks,
        seed: Number(option('--seed')),
        path: option('--path'),
        times: 1,
        ...clock,
      }),
    );
    const [replayed] = failureOf(again);
    expect(replayed?.failure.commands).toEqual(failure?.commands);
    expect(replayed?.failure.happened).toEqual(failure?.happened);
    expect(replayed?.runs).toBe(1);
  });
});

/** The words that a shell makes of a line with single quotes only. */
function shellWords(line: string): readonly string[] {
  return (line.match(/'[^']*'|\S+/gu) ?? []).map((word) => word.replace(/^'(.*)'$/u, '$1'));
}

test('a replay of a list that does no harm says that the law holds', async () => {
  const report = await withTarget('in-process', (target) =>
    replayLaw({ target, law: 'one-session', seed: 11, path: '0', times: 3, ...clock }),
  );
  expect(report.laws.map((one) => one.outcome)).toEqual(['held']);
});

test('a target that refuses everything is not praised', async () => {
  await withTarget('in-process', async (target) => {
    const deaf: Target = {
      ...target,
      enrol: async () => ({ ...(await target.enrol()), postCode: async () => ({ face: 'no' }) }),
    };
    await expect(runLaws({ target: deaf, seed: 1, runs: 1, ...clock })).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
    });
  });
});

test('a law that a target cannot be asked is named with its reason, and no law is begun when the time is over', async () => {
  await withTarget('in-process', async (target) => {
    const shy: Target = { ...target, cannot: [{ law: 'no-return', because: 'It has no codes.' }] };
    const report = await runLaws({ target: shy, seed: 1, runs: 1, laws: ['no-return'], ...clock });
    expect(report.laws).toMatchObject([{ outcome: 'not asked', because: 'It has no codes.' }]);
    const late = await runLaws({ target, seed: 1, runs: 1, maxTimeMs: 0, ...clock });
    expect(late.laws.map((one) => one.outcome)).toEqual(['not asked', 'not asked', 'not asked']);
  });
});

test('a target that goes away in the middle is trouble and no broken law', async () => {
  await withTarget('in-process', async (target) => {
    let enrolled = 0;
    const fading: Target = {
      ...target,
      enrol: async () => {
        enrolled += 1;
        if (enrolled > 3) throw new Error('the line went dead');
        return await target.enrol();
      },
    };
    await expect(runLaws({ target: fading, seed: 1, runs: 50, ...clock })).rejects.toThrow('went dead');
    expect(enrolled).toBe(4);
  });
});

test('a target that does not exist, or is none, is said in words', async () => {
  for (const name of ['no-such-file.js', 'http://127.0.0.1:1', plantedPath('../faces.ts')]) {
    await expect(openTarget(name, { seed: 1 })).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' });
  }
});
