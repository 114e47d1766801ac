// Runs at the end of `npm ci`: makes sure that the one native dependency is there, then builds every package.
// The database is an optional dependency only so that this sentence, and not a compiler's log, ends a failed install.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const fromValidator = createRequire(new URL('../validator/package.json', import.meta.url));

function databaseProblem() {
  try {
    const Database = fromValidator('better-sqlite3');
    new Database(':memory:').close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? 'unknown') : String(error);
  }
}

/** The command to repeat: it names the headers where a distribution installed them beside this Node. */
function commandToRepeat() {
  const prefix = join(dirname(process.execPath), '..');
  return existsSync(join(prefix, 'include', 'node', 'node.h'))
    ? `npm_config_nodedir=${prefix} npm ci`
    : 'npm ci';
}

const problem = databaseProblem();
if (problem !== undefined) {
  console.error(
    `chiavetta: the database driver better-sqlite3 is missing (${problem}); it needs either the network for its ` +
      `prebuilt binary, or python3, make, g++ and the Node headers: then run \`${commandToRepeat()}\`.`,
  );
  process.exit(1);
}

const compiler = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
);
const built = spawnSync(process.execPath, [compiler, '-b', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(built.status ?? 1);
