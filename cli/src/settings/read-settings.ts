import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Home } from '../home.ts';
import { LANGUAGES } from '../i18n/languages.ts';
import { Failure } from '../output/failure.ts';
import { httpOrigin } from './http-origin.ts';
import type { Settings, SettingValues } from './settings.ts';
import { LOG_LEVELS, TCP_PORT_MAX } from './settings.ts';

/** Which settings file counts: the one named with `--config`, else `config.json` in the folder for settings. */
function settingsPath(home: Home, named: string | undefined): string {
  return named === undefined ? join(home.config, 'config.json') : resolve(named);
}

/**
 * Reads the settings. The file is optional unless it was named.
 *
 * @throws Failure CONFIG_INVALID with the key, the file and the reason; FILE_NOT_FOUND, FILE_UNREADABLE
 */
export function readSettings(home: Home, named: string | undefined): Settings {
  const path = settingsPath(home, named);
  const text = fileText(path);
  if (text !== undefined) return { file: { path, exists: true }, values: settingsIn(text, path) };
  if (named !== undefined) throw new Failure('FILE_NOT_FOUND', { path });
  return { file: { path, exists: false }, values: {} };
}

/** The same for a command that goes on with nothing set where the file cannot be used, and may say why. */
export function readSettingsOrNone(home: Home, named: string | undefined): Settings {
  try {
    return readSettings(home, named);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const path = settingsPath(home, named);
    const exists = error.id !== 'FILE_NOT_FOUND';
    return { file: { path, exists, ...(exists ? { problem: error } : {}) }, values: {} };
  }
}

/** The values of a settings file, each of them checked. @throws Failure CONFIG_INVALID */
export function settingsIn(text: string, origin: string): SettingValues {
  let values: SettingValues = {};
  for (const [name, value] of Object.entries(objectIn(text, origin))) {
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    if (read === undefined) {
      const reason = `there is no such setting; there are ${Object.keys(READERS).join(', ')}.`;
      throw invalid(name, origin, reason);
    }
    const known = read(value);
    if (typeof known === 'string') throw invalid(name, origin, known);
    values = { ...values, ...known };
  }
  return values;
}

/** A value as a setting, or why it is none. */
type Reader = (value: unknown) => SettingValues | string;

const READERS: Readonly<Record<string, Reader>> = {
  server: (value) => {
    const server = typeof value === 'string' ? httpOrigin(value) : undefined;
    return server === undefined ? 'it is a URL like "http://127.0.0.1:7840".' : { server };
  },
  lang: (value) => {
    const lang = LANGUAGES.find((each) => each === value);
    return lang === undefined ? `it is one of ${LANGUAGES.join(', ')}.` : { lang };
  },
  logLevel: (value) => {
    const logLevel = LOG_LEVELS.find((each) => each === value);
    return logLevel === undefined ? `it is one of ${LOG_LEVELS.join(', ')}.` : { logLevel };
  },
  port: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= TCP_PORT_MAX
      ? { port: value }
      : `it is a whole number from 0 to ${TCP_PORT_MAX}, without quotes.`,
  data: (value) =>
    typeof value === 'string' && isAbsolute(value) ? { data: value } : 'it is the full path of a folder.',
};

/** Names what is wrong, never the value: a file may hold what nobody should see. */
function invalid(name: string, origin: string, reason: string): Failure {
  return new Failure('CONFIG_INVALID', { name, origin, reason });
}

function objectIn(text: string, origin: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Failure('FILE_UNREADABLE', { path: origin, reason: 'it is not JSON.' }, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  const reason = 'it is not a JSON object like { "port": 7840 }.';
  throw new Failure('FILE_UNREADABLE', { path: origin, reason });
}

function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOENT') return undefined;
    throw new Failure('FILE_UNREADABLE', { path, reason: code }, { cause });
  }
}
