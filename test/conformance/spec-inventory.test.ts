import { maskTriple } from '@chiavetta/protocol/matrix';
import { describe, expect, test } from 'vitest';
import { auditExamples } from './audit-examples.ts';
import { provisioningExamples } from './provisioning-examples.ts';
import type { Place } from './spec-definitions.ts';
import {
  definitionsOfCode,
  definitionsOfLabel,
  definitionsOfLimit,
  definitionsOfNumber,
  folded,
  layoutTables,
  rowsWithCells,
} from './spec-definitions.ts';
import { examplesOf, readSpec, specNames, withoutExamples } from './spec-document.ts';
import { labelsInSources, wireFacts } from './wire-facts.ts';

const { numbers, codes, limits, layouts } = await wireFacts();
const labels = labelsInSources();

/** Where the specification says a payload's short name and the code its long one. */
const SPEC_NAMES: Readonly<Record<string, string>> = { transaction: 'TX', management: 'MGMT' };

function filesOf(places: readonly Place[]): readonly string[] {
  return places.map(({ file }) => file);
}

/** The examples that each file's own test recomputes. */
const RECOMPUTED: Readonly<Record<string, readonly string[]>> = {
  'devices.md': ['record', 'sealed-flash', 'pin-verifier'],
  'matrix.md': ['matrix', 'cell'],
  'otc.md': ['pairing-and-login'],
  'provisioning.md': Object.keys(provisioningExamples),
  'validation.md': Object.keys(auditExamples),
  'wire.md': ['crc', 'cobs', 'frame', 'fragment', 'prepare', 'session'],
};

describe.each(specNames())('the bytes that docs/spec/%s prints', (name) => {
  const spec = readSpec(name);

  test('stand in examples, each of which a test recomputes', () => {
    const printed = examplesOf(spec).map((example) => example.name);
    expect(printed.filter((one) => !(RECOMPUTED[name] ?? []).includes(one))).toEqual([]);
    expect(withoutExamples(spec).match(/\b(?:[0-9a-f]{2}){10,}\b/g) ?? []).toEqual([]);
  });
});

describe('what crosses a wire stands in exactly one place of docs/spec', () => {
  test('and the list of it is not empty, whatever moves in the packages', () => {
    expect(numbers.length).toBeGreaterThan(40);
    expect(codes.length).toBeGreaterThan(60);
    expect(layouts.length).toBeGreaterThan(25);
    expect(labels.length).toBeGreaterThan(35);
  });

  test.each(numbers)('the constant $name', ({ name, value }) => {
    const places = definitionsOfNumber(name);
    expect(filesOf(places)).toHaveLength(1);
    expect(places[0]?.value).toBe(value);
  });

  test.each(codes.map((fact) => [`${fact.list}.${fact.name}`, fact] as const))('the code %s', (_, fact) => {
    expect(filesOf(definitionsOfCode(fact.code, SPEC_NAMES[fact.name] ?? fact.name))).toHaveLength(1);
  });

  test.each(limits.map((fact) => [`${fact.list}.${fact.field}`, fact] as const))(
    'the limit %s',
    (_, fact) => {
      expect(filesOf(definitionsOfLimit(fact.field, fact.max))).toHaveLength(1);
    },
  );

  test.each(['M', 'Q'] as const)('the masks of level %s', (level) => {
    expect(filesOf(rowsWithCells([level, ...maskTriple(level).map(String)]))).toHaveLength(1);
  });

  test.each(labels)('the label %s', (label) => {
    expect(filesOf(definitionsOfLabel(label))).toHaveLength(1);
  });

  test.each(layouts)('the layout of $name', (layout) => {
    const wanted = rowsOf(layout);
    const alike = layouts.filter((other) => rowsOf(other).join() === wanted.join());
    const stated = layoutTables().filter(({ rows }) => rows.join() === wanted.join());
    const name = folded(layout.name);
    const named = stated.filter(
      ({ heading }) =>
        folded(heading) === name || name.endsWith(folded(heading)) || folded(heading).endsWith(name),
    );
    expect(named.map(({ heading }) => heading)).toContainEqual(expect.any(String));
    expect(stated.map(({ file, heading }) => `${file} ${heading}`)).toHaveLength(alike.length);
  });
});

function rowsOf({ offsets, byteCount }: (typeof layouts)[number]): readonly string[] {
  const starts = [...offsets];
  return starts.map(([field, offset], index) => {
    return `${offset} ${(starts[index + 1]?.[1] ?? byteCount) - offset} ${field}`;
  });
}
