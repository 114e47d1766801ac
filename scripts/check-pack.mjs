// Packs every published workspace, installs the tarballs into an empty directory whose path has a space,
// and runs the installed command there: its version and the whole main job, or the one given after `--`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version, workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const published = workspaces.filter(
  (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).private !== true,
);
const commands = process.argv.length > 2 ? [process.argv.slice(2)] : [['--version'], ['demo']];

/** Runs a program and gives its output; ends the check when it fails. */
function run(program, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${[program, ...args].join(' ')} ended with ${status ?? error}\n${stdout}\n${stderr}`);
}

/** What must not be in a package: tests, build records, secrets of a developer's machine. */
function strayFiles(packed) {
  return packed.files
    .map(({ path }) => path)
    .filter((path) => /\.test\.[jt]sx?$|\.test\.d\.ts|\.tsbuildinfo$|(^|\/)\.env/.test(path));
}

const temporary = mkdtempSync(join(tmpdir(), 'chiavetta-pack-'));
try {
  const tarballs = join(temporary, 'tarballs');
  const target = join(temporary, 'an empty directory');
  mkdirSync(tarballs);
  mkdirSync(target);
  run('npx', ['tsc', '-b', 'tsconfig.build.json'], root);
  const packArgs = published.flatMap((folder) => ['--workspace', folder]);
  const packed = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', tarballs, ...packArgs], root),
  );
  const list = Array.isArray(packed) ? packed : Object.values(packed);
  const stray = list.flatMap((item) => strayFiles(item).map((path) => `${item.name}: ${path}`));
  if (stray.length > 0) throw new Error(`these files must not be published:\n${stray.join('\n')}`);
  if (list.length !== published.length)
    throw new Error(`${list.length} of ${published.length} packages packed`);

  writeFileSync(join(target, 'package.json'), JSON.stringify({ private: true }));
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  run('npm', ['install', '--no-audit', '--no-fund', ...files], target);
  const command = join(target, 'node_modules', '.bin', 'chiavetta');
  for (const args of commands) {
    const output = run(command, args, target);
    if (args[0] === '--version' && !output.includes(version)) {
      throw new Error(`chiavetta --version does not print ${version}: ${JSON.stringify(output)}`);
    }
    process.stdout.write(output);
  }
  console.log(`${list.length} packages install into an empty directory and chiavetta runs there`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
