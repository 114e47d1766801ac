import { readdirSync, readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/** The folders that hold packages, by workspace folder name. */
export const PACKAGE_FOLDERS = [
  'protocol',
  'firmware-sim',
  'validator',
  'provisioning',
  'cli',
  'test',
  'bench',
] as const;

export type PackageFolder = (typeof PACKAGE_FOLDERS)[number];

/** One parsed source file. `path` is relative to the repository root, with forward slashes. */
export type SourceFile = {
  readonly path: string;
  readonly folder: PackageFolder;
  readonly text: string;
  readonly lineCount: number;
  readonly isTest: boolean;
  readonly program: unknown;
  /** Specifiers of static imports, re-exports and dynamic imports with a literal. */
  readonly imports: readonly string[];
  /** Those of them that load code: what is imported for its types alone is gone at run time. */
  readonly loads: readonly string[];
};

const ROOT = new URL('../../', import.meta.url);

/** Parses one file given as text, so that a test can plant a violation. */
export function parseSourceFile(path: string, text: string): SourceFile {
  const folder = PACKAGE_FOLDERS.find((name) => path.startsWith(`${name}/`));
  if (folder === undefined) throw new Error(`${path} is in no package`);
  const parsed = parseSync(path, text);
  const [problem] = parsed.errors;
  if (problem !== undefined) throw new Error(`${path}: ${problem.message}`);
  const reExports = parsed.module.staticExports.flatMap((statement) =>
    statement.entries.flatMap((entry) => (entry.moduleRequest ? [entry.moduleRequest.value] : [])),
  );
  const dynamic = parsed.module.dynamicImports.flatMap(({ moduleRequest }) => {
    const literal = /^(['"`])([^'"`$]*)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    return literal?.[2] === undefined ? [] : [literal[2]];
  });
  const forTypes = parsed.module.staticImports.filter(
    ({ entries }) => entries.length > 0 && entries.every((entry) => entry.isType),
  );
  const values = parsed.module.staticImports.filter((statement) => !forTypes.includes(statement));
  const loads = [
    ...new Set([...values.map((statement) => statement.moduleRequest.value), ...reExports, ...dynamic]),
  ];
  return {
    path,
    folder,
    text,
    lineCount: text.split('\n').length - 1,
    isTest: /\.test\.tsx?$/.test(path),
    program: parsed.program,
    imports: [...new Set([...loads, ...forTypes.map((statement) => statement.moduleRequest.value)])],
    loads,
  };
}

/** Every TypeScript file of every package, without dependencies and build output. */
export function readSourceFiles(): readonly SourceFile[] {
  return PACKAGE_FOLDERS.flatMap((folder) => pathsUnder(folder)).map((path) =>
    parseSourceFile(path, readFileSync(new URL(path, ROOT), 'utf8')),
  );
}

function pathsUnder(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, ROOT), { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules' && entry.name !== 'dist')
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return pathsUnder(path);
      return /\.tsx?$/.test(entry.name) ? [path] : [];
    })
    .sort();
}
