import type { FastifyBaseLogger } from 'fastify';
import { destination, pino } from 'pino';

/** Fields that are secrets wherever they stand. */
const SECRET_FIELDS = [
  'pin',
  'oldPin',
  'newPin',
  'password',
  'code',
  'nextCode',
  'token',
  'sessionToken',
  'portalSession',
  'seed',
  'secret',
  'authorization',
  'matrixPng',
  'frame',
] as const;

const LOG_FILE_MODE = 0o600;
const PLACES = ['', '*.', '*.*.', '*.*.*.'] as const;

/** How much is logged, and where a line goes: to a function, or appended to a file for its owner alone. */
export type LogOptions = { readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' } & (
  | { readonly write: (line: string) => void }
  | { readonly file: string }
);

/** The log: JSON lines, with secrets blotted out wherever a field of that name appears. Without options, silence. */
export function apiLog(options: LogOptions | undefined): FastifyBaseLogger {
  if (options === undefined) return pino({ level: 'silent' });
  const paths = SECRET_FIELDS.flatMap((name) => PLACES.map((place) => `${place}${name}`));
  return pino(
    {
      level: options.level,
      base: null,
      redact: { paths, censor: '[secret]' },
      formatters: { level: (label) => ({ level: label }) },
    },
    'file' in options ? destination({ dest: options.file, mode: LOG_FILE_MODE, sync: true }) : options,
  );
}
