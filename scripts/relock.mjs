// Writes package-lock.json anew from the manifests alone.
// npm leaves the builds for other platforms out of the lockfile when it installs over an existing node_modules,
// and `npm ci` then refuses the lockfile; a directory without node_modules avoids that.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const temporary = mkdtempSync(join(tmpdir(), 'chiavetta-relock-'));
try {
  for (const folder of ['.', ...workspaces]) {
    mkdirSync(join(temporary, folder), { recursive: true });
    copyFileSync(join(root, folder, 'package.json'), join(temporary, folder, 'package.json'));
  }
  const args = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit'];
  const { status } = spawnSync('npm', args, { cwd: temporary, stdio: 'inherit' });
  if (status === 0) copyFileSync(join(temporary, 'package-lock.json'), join(root, 'package-lock.json'));
  process.exitCode = status ?? 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
