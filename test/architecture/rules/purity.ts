import { builtinModules } from 'node:module';
import { freeNames } from '../free-names.ts';
import type { SourceFile } from '../source-file.ts';

const FORBIDDEN_NAMES: ReadonlySet<string> = new Set([
  'Buffer',
  'Date',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);

/** Whether a file decides and does not act: all of protocol, and every `core` folder. */
export function isPure(file: SourceFile): boolean {
  if (file.isTest) return false;
  return file.path.startsWith('protocol/src/') || /\/src\/(.*\/)?core\//.test(file.path);
}

/** What a pure file takes from its surroundings instead of getting it as a value. */
export function impurities(file: SourceFile): readonly string[] {
  if (!isPure(file)) return [];
  const modules = file.imports.filter(
    (specifier) => specifier.startsWith('node:') || builtinModules.includes(specifier),
  );
  const names = freeNames(file.program).filter((name) => FORBIDDEN_NAMES.has(name));
  const random = /\bMath\s*\.\s*random\b/.test(file.text) ? ['Math.random'] : [];
  return [...modules, ...names, ...random].map((taken) => `${file.path} is pure and must not use ${taken}`);
}
