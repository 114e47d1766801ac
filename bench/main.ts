import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// One figure a file (`x.bench.ts`), each in a process of its own, so that none warms up or slows down the next.
const folder = fileURLToPath(new URL('.', import.meta.url));
const figures = readdirSync(folder).filter((name) => name.endsWith('.bench.js'));
const failed = figures.filter((name) => {
  const { status } = spawnSync(process.execPath, ['--expose-gc', `${folder}${name}`], { stdio: 'inherit' });
  return status !== 0;
});
console.log(`${figures.length} figures, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
