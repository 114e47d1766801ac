import {
  AUDIT_DETAIL_KINDS,
  AUDIT_FIELD_TAGS,
  auditHeaderLayout,
  CHECKPOINT_EVERY_ENTRIES,
  CHECKPOINT_LABEL,
} from '@chiavetta/validator';
import { describe, expect, test } from 'vitest';
import { auditExamples } from './audit-examples.ts';
import { countOf, examplesOf, layoutTable, readSpec, specNames } from './spec-document.ts';
import { tableBelow } from './spec-table.ts';

const spec = readSpec('validation.md');
const examples = examplesOf(spec).filter(({ name }) => name.startsWith('audit-'));

describe('docs/spec/validation.md, "Audit"', () => {
  test('has each of the examples that are recomputed here', () => {
    expect(examples.map(({ name }) => name).toSorted()).toEqual(Object.keys(auditExamples).toSorted());
  });

  test.each(examples)('prints in its example $name what follows from the values beside it', (example) => {
    expect(Object.fromEntries(example.follows)).toEqual(auditExamples[example.name]?.(example.given));
  });

  test('has the table of the entry header', () => {
    const rows = layoutTable(spec, 'Entry header');
    expect(rows.map(({ field, offset }) => [field, offset])).toEqual([...auditHeaderLayout.offsets]);
    expect(rows.reduce((sum, { byteCount }) => sum + byteCount, 0)).toBe(auditHeaderLayout.byteCount);
  });

  test('has each tag and each kind of detail', () => {
    const numbered = (heading: string) =>
      tableBelow(spec, heading).map(([number, name]) => [name, Number(number)]);
    expect(numbered('Entry fields')).toEqual(Object.entries(AUDIT_FIELD_TAGS));
    expect(numbered('Detail kinds')).toEqual(Object.entries(AUDIT_DETAIL_KINDS));
  });

  test('says the label of a checkpoint and how often one is signed once, and no other spec file says them', () => {
    const allSpecs = specNames().map(readSpec).join('\n');
    for (const words of [CHECKPOINT_LABEL, `a multiple of ${CHECKPOINT_EVERY_ENTRIES} entries`]) {
      expect([words, countOf(spec, words), countOf(allSpecs, words)]).toEqual([words, 1, 1]);
    }
  });
});
