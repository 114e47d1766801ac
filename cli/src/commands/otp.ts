import type { CommandArgs, CommandContext, CommandSpec, OptionSpec } from '../command.ts';
import { usageFailure } from '../output/failure.ts';

const SHARED: readonly OptionSpec[] = [
  { flags: '--digits <digits>', choices: ['6', '7', '8'] },
  { flags: '--algorithm <name>', choices: ['sha1', 'sha256', 'sha512'] },
  { flags: '--encoding <name>', choices: ['base32', 'hex'] },
  { flags: '--count <count>' },
];
const COUNT_MAX = 1_000;
const COUNTER_MAX = 2n ** 64n - 1n;

/** One-time codes by the standards, for comparing with other programs. */
export const otpCommands: readonly CommandSpec[] = [
  {
    path: ['otp', 'hotp'],
    group: 'develop',
    options: [{ flags: '--counter <number>', required: true }, ...SHARED],
    example: 'chiavetta otp hotp --counter 0',
    run: hotpCodes,
  },
  {
    path: ['otp', 'totp'],
    group: 'develop',
    options: [{ flags: '--time <time>' }, { flags: '--step <seconds>' }, ...SHARED],
    example: 'chiavetta otp totp',
    run: totpCodes,
  },
];

async function hotpCodes(context: CommandContext, args: CommandArgs): Promise<void> {
  const { counter, hotp } = await import('@chiavetta/protocol/otp');
  const text = args.text('counter');
  const first = /^\d{1,20}$/u.test(text) ? counter(BigInt(text)) : undefined;
  if (!first?.ok) throw usageFailure('"counter" is a whole number from 0 to 18446744073709551615.');
  const shape = await codeShape(context, args, COUNTER_MAX - first.value);
  const codes = [...Array(shape.count).keys()].map((ahead) => {
    const moving = first.value + BigInt(ahead);
    return { counter: moving.toString(), code: hotp({ ...shape, counter: moving }) };
  });
  context.output.document({ codes });
  for (const { code } of codes) context.output.line(code);
}

async function totpCodes(context: CommandContext, args: CommandArgs): Promise<void> {
  const { timeStepAt, totp } = await import('@chiavetta/protocol/otp');
  const timeS = momentS(args.optional('time'));
  const stepS = args.whole('step', { min: 1, max: 3_600 }) ?? 30;
  const shape = await codeShape(context, args);
  const codes = [...Array(shape.count).keys()].map((ahead) => {
    const at = { timeS: timeS + ahead * stepS, stepS };
    return { step: timeStepAt(at).toString(), code: totp({ ...shape, ...at }) };
  });
  const validForS = stepS - (Math.floor(timeS) % stepS);
  context.output.document({ codes, validForS });
  for (const { code } of codes) context.output.line(code);
}

type CodeShape = {
  readonly secret: Uint8Array;
  readonly digits: 6 | 7 | 8;
  readonly hash: 'sha1' | 'sha256' | 'sha512';
  readonly count: number;
};

/** What is common to both commands. `countersAhead`: how many counters there are after the first one. */
async function codeShape(
  { input, output }: CommandContext,
  args: CommandArgs,
  countersAhead: bigint = COUNTER_MAX,
): Promise<CodeShape> {
  const { sharedSecret } = await import('../otp/shared-secret.ts');
  const digits = args.optional('digits');
  const hash = args.optional('algorithm');
  const count = args.whole('count', { min: 1, max: COUNT_MAX }) ?? 1;
  if (BigInt(count - 1) > countersAhead)
    throw usageFailure(`There are not ${count} counters: the last one is ${COUNTER_MAX}.`);
  const text = await input.secret(output.catalogue.texts['otp.secret']);
  return {
    secret: sharedSecret(text, args.optional('encoding') === 'hex' ? 'hex' : 'base32'),
    digits: digits === '7' ? 7 : digits === '8' ? 8 : 6,
    hash: hash === 'sha256' || hash === 'sha512' ? hash : 'sha1',
    count,
  };
}

/** Seconds since 1970: now, a number, or an ISO time. */
function momentS(text: string | undefined): number {
  if (text === undefined) return Date.now() / 1_000;
  const timeS = /^\d{1,12}$/u.test(text) ? Number(text) : isoS(text);
  if (Number.isFinite(timeS) && timeS >= 0) return timeS;
  throw usageFailure('"time" is a number of seconds since 1970 or a time like 2026-11-21T10:00:00Z.');
}

/** `Date.parse` alone would take "-5" for a day in May. */
function isoS(text: string): number {
  return /^\d{4}-\d{2}-\d{2}(?:$|[T ])/u.test(text) ? Date.parse(text) / 1_000 : Number.NaN;
}
