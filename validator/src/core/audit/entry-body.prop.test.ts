import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditContent } from './entry-body.ts';
import { decodeAuditBody, encodeAuditBody } from './entry-body.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const natural = fc.maxSafeInteger().map(Math.abs);
const detailValue = fc.oneof(
  text,
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.integer(),
);
const contents: fc.Arbitrary<AuditContent> = fc.record(
  {
    index: natural,
    subjectIndex: natural,
    atMs: natural,
    previous: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    subject: text,
    event: text,
    operator: text,
    approvers: fc.array(text, { minLength: 1, maxLength: 3 }),
    customer: text,
    serial: text,
    reason: text,
    detail: fc.dictionary(text, detailValue, { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
  },
  { requiredKeys: ['index', 'subjectIndex', 'atMs', 'previous', 'subject', 'event'] },
);

describe('the bytes of an audit entry', () => {
  test('read back as the entry they were made from', () => {
    fc.assert(
      fc.property(contents, (content) => {
        expect(decodeAuditBody(encodeAuditBody(content))).toEqual({ ok: true, value: content });
      }),
    );
  });

  test('are the only bytes of their entry: whatever can be read is written back the same', () => {
    fc.assert(
      fc.property(contents, fc.nat(), fc.integer({ min: 1, max: 255 }), (content, where, change) => {
        const bytes = encodeAuditBody(content);
        const at = where % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const read = decodeAuditBody(bytes);
        if (read.ok) expect(encodeAuditBody(read.value)).toEqual(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  test('say nothing when cut short or with a byte left over', () => {
    fc.assert(
      fc.property(contents, fc.nat(), (content, where) => {
        const bytes = encodeAuditBody(content);
        const cut = decodeAuditBody(bytes.slice(0, where % bytes.length));
        // A cut between two fields is a shorter entry; anywhere else it is none.
        if (cut.ok) expect(encodeAuditBody(cut.value)).toEqual(bytes.slice(0, where % bytes.length));
        expect(decodeAuditBody(new Uint8Array([...bytes, 0])).ok).toBe(false);
      }),
    );
  });

  test('get an answer whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => decodeAuditBody(bytes).ok !== undefined),
    );
  });
});
