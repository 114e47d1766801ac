import type { Layout } from '@chiavetta/protocol/bytes';
import * as wire from '@chiavetta/protocol/wire';
import { describe, expect, test } from 'vitest';
import { examplesOf, layoutTable, readSpec } from './spec-document.ts';
import { tableBelow } from './spec-table.ts';
import { wireExampleResult } from './wire-example.ts';

const spec = readSpec('wire.md');

/** What every layout offers to a comparison, whatever it carries. */
type LayoutShape = Pick<Layout<object>, 'name' | 'byteCount' | 'offsets'>;

const layouts: readonly LayoutShape[] = [
  wire.helloLayout,
  wire.helloReplyLayout,
  wire.nextLayout,
  wire.fragmentPlaceLayout,
  wire.waitLayout,
  wire.errorLayout,
  wire.prepareProvisionLayout,
  wire.preparePairingLayout,
  wire.prepareUnlockLayout,
  wire.prepareRevokeLayout,
  wire.commitLayout,
  wire.discardLayout,
  wire.readyLayout,
  wire.statusReplyLayout,
  wire.prekeyBlockLayout,
  wire.doneLayout,
  wire.discardedLayout,
  wire.refusedLayout,
];

/** `HELLO_REPLY` and `helloReply` as one spelling. */
function folded(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function typeTable(heading: string): readonly (readonly [string, number])[] {
  return tableBelow(spec, heading).map(([type = '', name = '']) => [folded(name), Number(type)]);
}

function foldedEntries(codes: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(codes).map(([name, code]) => [folded(name), code]);
}

describe('docs/spec/wire.md', () => {
  test('states every constant that the code exports, once and with its value', () => {
    const stated = tableBelow(spec, 'Constants').map(([name, value]) => [name, Number(value)]);
    const exported = Object.entries(wire).filter(
      ([name, value]) => /^[A-Z_0-9]+$/.test(name) && typeof value === 'number',
    );
    expect(new Map(stated.map(([name, value]) => [name, value]))).toEqual(new Map(exported));
    expect(stated).toHaveLength(exported.length);
  });

  test('lists every kind of frame with its type', () => {
    expect(typeTable('Kinds of frame')).toEqual(foldedEntries(wire.FRAME_TYPES));
  });

  test('lists every message in the session with its type', () => {
    expect(typeTable('Messages in the session')).toEqual(foldedEntries(wire.SESSION_TYPES));
  });

  test('lists every error code with its name', () => {
    const stated = tableBelow(spec, 'Error codes').map(([code, name]) => [name, Number(code)]);
    expect(stated).toEqual(Object.entries(wire.WIRE_ERRORS));
    for (const [name, code] of Object.entries(wire.WIRE_ERRORS)) expect(wire.wireErrorName(code)).toBe(name);
  });

  test.each(layouts)('shows $name field by field as the code lays it out', ({ name, byteCount, offsets }) => {
    const stated = layoutTable(spec, name).map((row) => [row.field, row.offset, row.byteCount]);
    const starts = [...offsets.entries()];
    const laidOut = starts.map(([field, offset], index) => [
      field,
      offset,
      (starts[index + 1]?.[1] ?? byteCount) - offset,
    ]);
    expect(stated).toEqual(laidOut);
  });

  test('leaves out no layout that the code exports', () => {
    const exported = Object.keys(wire).filter((name) => name.endsWith('Layout'));
    expect(layouts).toHaveLength(exported.length);
  });

  const examples = examplesOf(spec);

  test('has an example for each kind of bytes', () => {
    expect(new Set(examples.map(({ name }) => name))).toEqual(
      new Set(['crc', 'cobs', 'frame', 'fragment', 'prepare', 'session']),
    );
  });

  test.each(examples.map((example, index) => [index + 1, example] as const))(
    'example %i is what its values give',
    (_, example) => {
      expect([...example.follows.values()]).toEqual([wireExampleResult(example)]);
    },
  );
});
