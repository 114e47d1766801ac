import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { validatorClient } from '../api/validator-client.ts';
import { pseudoTerminals, serialPorts, sqliteStores } from '../compose.ts';
import type { Home } from '../home.ts';
import { validatorDirectory } from '../home.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import { fill } from '../i18n/fill.ts';

/** What was looked at, in words; `next` says what to do where it needs attention. */
export type Finding = {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
  readonly next?: string;
};

export type Machine = {
  readonly home: Home;
  readonly texts: Catalogue['texts'];
  readonly nodeVersion: string;
  /** Of the validator that commands would speak to; absent where none is known. */
  readonly validatorUrl: string | undefined;
  readonly signal: AbortSignal;
};

/** Looks at everything that the program needs of this machine. Nothing is changed, no token is asked. */
export async function examine(machine: Machine): Promise<readonly Finding[]> {
  return [
    nodeFinding(machine),
    await sqliteFinding(machine),
    await terminalFinding(machine),
    ...(await portFindings(machine)),
    ...placeFindings(machine),
    await validatorFinding(machine),
  ];
}

/** The oldest Node that the packages are tested on. */
const NODE_OLDEST = [20, 19] as const;

function nodeFinding({ nodeVersion, texts }: Machine): Finding {
  const [major = 0, minor = 0] = nodeVersion.replace('v', '').split('.').map(Number);
  const ok = major > NODE_OLDEST[0] || (major === NODE_OLDEST[0] && minor >= NODE_OLDEST[1]);
  const check = texts['doctor.node'];
  return ok
    ? { check, ok, found: nodeVersion }
    : { check, ok, found: nodeVersion, next: texts['doctor.node_next'] };
}

async function sqliteFinding({ texts }: Machine): Promise<Finding> {
  const check = texts['doctor.database'];
  try {
    const { sqliteVersion } = await sqliteStores();
    return { check, ok: true, found: `SQLite ${sqliteVersion()}` };
  } catch (error) {
    return { check, ok: false, found: firstLine(error), next: texts['doctor.database_next'] };
  }
}

async function terminalFinding({ texts }: Machine): Promise<Finding> {
  const check = texts['doctor.terminal'];
  try {
    const { openPty } = await pseudoTerminals();
    const line = await openPty();
    await line.close();
    return { check, ok: true, found: texts['doctor.possible'] };
  } catch (error) {
    return { check, ok: false, found: firstLine(error), next: texts['doctor.terminal_next'] };
  }
}

async function portFindings({ texts }: Machine): Promise<readonly Finding[]> {
  const check = texts['doctor.serial'];
  try {
    const { listPorts, checkedDevicePath } = await serialPorts();
    const ports = await listPorts();
    const loaded = { check, ok: true, found: fill(texts['doctor.ports'], { count: ports.length }) };
    const findings = ports.map(async ({ path }) => {
      const usable = await checkedDevicePath(path).then(
        () => undefined,
        (error: unknown) => commandOf(error),
      );
      return usable === undefined
        ? { check: path, ok: true, found: texts['doctor.usable'] }
        : { check: path, ok: false, found: texts['doctor.port_closed'], next: usable };
    });
    return [loaded, ...(await Promise.all(findings))];
  } catch (error) {
    return [{ check, ok: false, found: firstLine(error), next: texts['doctor.serial_next'] }];
  }
}

/** The line that gives the right to a port, as its failure carries it. */
function commandOf(thrown: unknown): string {
  const { error } = { error: undefined, ...asFields(thrown) };
  const { command } = { command: undefined, ...asFields(asFields(error)['fields']) };
  return typeof command === 'string' ? command : firstLine(thrown);
}

function placeFindings({ home, texts }: Machine): readonly Finding[] {
  const validator = validatorDirectory(home);
  const keys = join(validator, 'keys');
  const folders = [home.run, home.state, validator, keys].filter((path) => existsSync(path));
  const files = existsSync(keys) ? readdirSync(keys).map((name) => join(keys, name)) : [];
  const store = join(validator, 'store.db');
  const secretFiles = [...files, store].filter((path) => existsSync(path) && statSync(path).isFile());
  const open = [
    ...folders.filter(isOpenToOthers).map((path) => `chmod 700 "${path}"`),
    ...secretFiles.filter(isOpenToOthers).map((path) => `chmod 600 "${path}"`),
  ];
  const check = texts['doctor.places'];
  if (open.length > 0)
    return [{ check, ok: false, found: texts['doctor.open_places'], next: open.join('; ') }];
  return [{ check, ok: true, found: home.data }];
}

/** Windows has no such modes. */
function isOpenToOthers(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
}

async function validatorFinding({ validatorUrl, texts, signal }: Machine): Promise<Finding> {
  const check = texts['doctor.validator'];
  if (validatorUrl === undefined) return { check, ok: true, found: texts['doctor.no_validator'] };
  try {
    await validatorClient({ url: validatorUrl, signal }).get('/health');
    return { check, ok: true, found: validatorUrl };
  } catch (error) {
    return {
      check,
      ok: false,
      found: `${validatorUrl}: ${firstLine(error)}`,
      next: texts['doctor.validator_next'],
    };
  }
}

function asFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
