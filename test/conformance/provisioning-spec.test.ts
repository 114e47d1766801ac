import {
  certificateLayout,
  manifestEntryLayout,
  manifestHeadLayout,
  OPERATIONS,
  ticketLayout,
} from '@chiavetta/protocol/keys';
import { describe, expect, test } from 'vitest';
import { provisioningExamples } from './provisioning-examples.ts';
import { countOf, examplesOf, layoutTable, readSpec, specNames } from './spec-document.ts';

const spec = readSpec('provisioning.md');
const examples = examplesOf(spec).filter((example) => example.name in provisioningExamples);

describe('docs/spec/provisioning.md', () => {
  test('has each of the examples that are recomputed here', () => {
    expect(examples.map((example) => example.name).toSorted()).toEqual(
      Object.keys(provisioningExamples).toSorted(),
    );
  });

  test.each(examples)('prints in its example $name what follows from the values beside it', (example) => {
    const compute = provisioningExamples[example.name];
    expect(Object.fromEntries(example.follows)).toEqual(compute?.(example.given));
  });

  test.each([
    ['Certificate', certificateLayout],
    ['Manifest head', manifestHeadLayout],
    ['Manifest entry', manifestEntryLayout],
    ['Operator ticket', ticketLayout],
  ] as const)('has the table of the layout under "%s"', (heading, table) => {
    expect(layoutTable(spec, heading)).toEqual(rowsOf(table));
  });

  test('says each label exactly once, and no other spec file says it', () => {
    const allSpecs = specNames().map(readSpec).join('\n');
    for (const label of [
      'chiavetta/v1 cert',
      'chiavetta/v1 manifest',
      'chiavetta/v1 ticket',
      'otc/v1/customer',
      'Noise_XX_25519_ChaChaPoly_SHA256',
      'chiavetta/v1 seed',
      '"chiavetta/v1"',
      '"ready"',
    ]) {
      expect([label, countOf(spec, label), countOf(allSpecs, label)]).toEqual([label, 1, 1]);
    }
  });

  test('has the code of each operation', () => {
    for (const [name, code] of Object.entries(OPERATIONS)) {
      expect(spec).toMatch(new RegExp(`^\\| ${code} \\| ${name.toUpperCase()} \\|`, 'm'));
    }
  });
});

function rowsOf(table: { readonly offsets: ReadonlyMap<string, number>; readonly byteCount: number }) {
  const starts = [...table.offsets];
  return starts.map(([field, offset], index) => ({
    offset,
    byteCount: (starts[index + 1]?.[1] ?? table.byteCount) - offset,
    field,
  }));
}
