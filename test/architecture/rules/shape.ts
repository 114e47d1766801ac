import type { SourceFile } from '../source-file.ts';

const FILE_LINES_MAX = 300;
const EMPTY_NAMES = /\/(utils?|helpers?|common|types|manager|misc)\.tsx?$/;
const CONFIG_FILE = /\.config\.ts$/;

type Statement = { readonly type: string; readonly source?: unknown; readonly declaration?: unknown };

/** Exports that hide what a file offers. */
export function hiddenExports(file: SourceFile): readonly string[] {
  if (CONFIG_FILE.test(file.path)) return [];
  return statements(file.program).flatMap((statement) => {
    if (statement.type === 'ExportAllDeclaration') return [`${file.path} has an export *`];
    if (statement.type === 'ExportDefaultDeclaration') return [`${file.path} has a default export`];
    return [];
  });
}

/** Code in an entry file: `index.ts` lists what the outside may use and does nothing else. */
export function codeInEntry(file: SourceFile): readonly string[] {
  if (!/\/index\.tsx?$/.test(file.path)) return [];
  return statements(file.program)
    .filter((statement) => statement.type !== 'ImportDeclaration')
    .filter((statement) => statement.type !== 'ExportNamedDeclaration' || Boolean(statement.declaration))
    .map((statement) => `${file.path} is an entry and must not hold a ${statement.type}`);
}

/** A file of a folder that imports its own folder's entry, which is a cycle in waiting. */
export function importsOwnEntry(file: SourceFile): readonly string[] {
  return file.imports
    .filter((specifier) => /^\.\/index\.tsx?$/.test(specifier) && !file.isTest)
    .map((specifier) => `${file.path} imports its own entry ${specifier}`);
}

/** Files past the limit that do not say why in a comment starting with `Longer than 300 lines`. */
export function longWithoutReason(file: SourceFile): readonly string[] {
  if (file.lineCount <= FILE_LINES_MAX || /Longer than 300 lines\b.{10,}/.test(file.text)) return [];
  return [`${file.path} has ${file.lineCount} lines and does not say why`];
}

/** File names that name no idea. */
export function emptyNames(file: SourceFile): readonly string[] {
  return EMPTY_NAMES.test(file.path) ? [`${file.path} is not named for an idea`] : [];
}

function statements(program: unknown): readonly Statement[] {
  if (typeof program !== 'object' || program === null || !('body' in program)) return [];
  return Array.isArray(program.body) ? program.body : [];
}
