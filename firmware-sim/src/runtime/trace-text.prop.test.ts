import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TracedEvent, TraceLine, TraceSecrets } from './trace.ts';
import { readTraceSecretsText, readTraceText } from './trace-text.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
/** As JSON carries them: -0 is written as 0. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const reference = fc.record({ secret: text }, { noNullPrototype: true });

const events: fc.Arbitrary<TracedEvent> = fc.oneof(
  fc.record({
    tag: fc.constant('power.on' as const),
    nvm: reference,
    element: reference,
    entropy: reference,
    nowMs: number,
  }),
  fc.record({ tag: fc.constantFrom('key.down' as const, 'key.up' as const), key: fc.oneof(text, reference) }),
  fc.record({ tag: fc.constant('timer' as const), id: text, nowMs: number }),
  fc.record({ tag: fc.constant('camera.payload' as const), payload: text }),
  fc.record({ tag: fc.constant('camera.unreadable' as const), reason: text }),
  fc.record({ tag: fc.constant('uart.rx' as const), bytes: text }),
  fc.record({ tag: fc.constant('nvm.done' as const), id: number }),
  fc.record({ tag: fc.constant('battery' as const), level: fc.constantFrom('good', 'low', 'brownout') }),
  fc.record({ tag: fc.constant('rtc' as const), unixS: number }),
);
const screens = fc.record(
  { id: text, fields: fc.dictionary(text, fc.oneof(text, number), { maxKeys: 3, noNullPrototype: true }) },
  { noNullPrototype: true },
);
const steps: fc.Arbitrary<TraceLine> = fc.record(
  { step: number, atMs: number, event: events, effects: text, state: text, screen: screens },
  { noNullPrototype: true },
);
const heads: fc.Arbitrary<TraceLine> = fc.record(
  { v: fc.constant(1 as const), kind: fc.constantFrom('fob', 'otc'), profile: text, serial: text },
  { noNullPrototype: true },
);
const traces = fc
  .tuple(heads, fc.array(steps, { maxLength: 6 }))
  .map(([head, rest]): readonly TraceLine[] => [head, ...rest]);
const secrets: fc.Arbitrary<TraceSecrets> = fc.dictionary(
  fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: fc.constant('__proto__') }),
  text,
  { noNullPrototype: true },
);

const traceText = (trace: readonly TraceLine[]): string =>
  trace.map((line) => `${JSON.stringify(line)}\n`).join('');
const secretsText = (values: TraceSecrets): string =>
  Object.entries(values)
    .map(([name, value]) => `${JSON.stringify({ name, value })}\n`)
    .join('');
/** Texts of any kind, and such as have the shape of JSON. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.array(fc.json(), { maxLength: 3 }).map((lines) => lines.join('\n')),
);

describe('the text of a trace', () => {
  it('reads back as the lines that were written', () => {
    fc.assert(
      fc.property(traces, (trace) => {
        expect(plain(readTraceText(traceText(trace)))).toEqual(plain({ ok: true, value: trace }));
      }),
    );
  });

  it('gets an answer whatever it is: lines that are written back the same, or the line that is none', () => {
    fc.assert(
      fc.property(anyText, (any) => {
        const read = readTraceText(any);
        if (read.ok) expect(readTraceText(traceText(read.value))).toEqual(read);
        else expect(read.error.lineNumber).toBeLessThanOrEqual(any.split('\n').length);
      }),
      { numRuns: 500 },
    );
  });

  it('cut anywhere has the whole lines before the cut, or names the line that was cut', () => {
    fc.assert(
      fc.property(traces, fc.nat(), (trace, where) => {
        const whole = traceText(trace);
        const cut = whole.slice(0, where % whole.length);
        const lineCount = cut.split('\n').length - 1;
        const read = readTraceText(cut);
        // A line without its line end is whole all the same.
        const isWhole = cut === '' || cut.endsWith('\n') || whole[cut.length] === '\n';
        const kept = trace.slice(0, cut.endsWith('\n') || cut === '' ? lineCount : lineCount + 1);
        if (isWhole) expect(plain(read)).toEqual(plain({ ok: true, value: kept }));
        else expect(read).toEqual({ ok: false, error: { code: 'bad_line', lineNumber: lineCount + 1 } });
      }),
      { numRuns: 500 },
    );
  });

  it('without any one field of a line is none', () => {
    fc.assert(
      fc.property(traces, fc.nat(), (trace, where) => {
        const at = where % trace.length;
        for (const name of Object.keys(trace[at] ?? {})) {
          const rest = Object.fromEntries(
            Object.entries(trace[at] ?? {}).filter(([other]) => other !== name),
          );
          const lines = trace.map((one, index) => JSON.stringify(index === at ? rest : one));
          expect(readTraceText(lines.join('\n'))).toEqual({
            ok: false,
            error: { code: 'bad_line', lineNumber: at + 1 },
          });
        }
      }),
    );
  });
});

describe("the text of a trace's secrets", () => {
  it('reads back as the secrets that were written, whatever their names', () => {
    fc.assert(
      fc.property(secrets, (values) => {
        const read = readTraceSecretsText(secretsText(values));
        expect(read.ok && Object.entries(read.value)).toEqual(Object.entries(values));
      }),
      { numRuns: 300 },
    );
  });

  it('gets an answer whatever it is, and none of it is quoted', () => {
    fc.assert(
      fc.property(anyText, (any) => {
        const read = readTraceSecretsText(any);
        if (!read.ok) expect(Object.keys(read.error)).toEqual(['code', 'lineNumber']);
      }),
      { numRuns: 500 },
    );
  });
});

/** As JSON has it: prototypes and what is undefined do not count. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
