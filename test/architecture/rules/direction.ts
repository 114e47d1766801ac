import type { PackageFolder, SourceFile } from '../source-file.ts';

const SCOPE = '@chiavetta/';

/** What each package may import. The published QA kit stands in `test`, under the name `qa`. */
const ALLOWED: Readonly<Record<PackageFolder, readonly string[]>> = {
  protocol: ['protocol'],
  'firmware-sim': ['firmware-sim', 'protocol'],
  validator: ['validator', 'protocol'],
  provisioning: ['provisioning', 'protocol'],
  cli: ['cli', 'protocol', 'firmware-sim', 'validator', 'provisioning', 'qa'],
  test: ['qa', 'protocol', 'firmware-sim', 'validator', 'provisioning', 'cli'],
  bench: ['protocol', 'firmware-sim', 'validator', 'provisioning', 'qa'],
};

/** The kit is what cli runs, so that it cannot know cli. */
const ALLOWED_TO_KIT = ALLOWED.test.filter((name) => name !== 'cli');

/** Imports of a package that stands beside or above the importing one. */
export function importsAgainstDirection(file: SourceFile): readonly string[] {
  const allowed = file.path.startsWith('test/kit/') && !file.isTest ? ALLOWED_TO_KIT : ALLOWED[file.folder];
  return file.imports
    .filter((specifier) => specifier.startsWith(SCOPE))
    .filter((specifier) => !allowed.includes(specifier.slice(SCOPE.length).split('/')[0] ?? ''))
    .map((specifier) => `${file.path} must not import ${specifier}`);
}

/** Imports by scope name that reach past the subpaths which the manifest exports. */
export function importsOfPrivateFiles(file: SourceFile): readonly string[] {
  return file.imports
    .filter((specifier) => /^@chiavetta\/[^/]+\/(src|dist)\//.test(specifier))
    .map((specifier) => `${file.path} reaches into ${specifier}`);
}

/** Relative imports that leave the package, or that do not name a file as it is on disk. */
export function relativeImportsOutOfPlace(file: SourceFile): readonly string[] {
  const home = new URL(`file:///${file.folder}/`).href;
  return file.imports
    .filter((specifier) => specifier.startsWith('.'))
    .flatMap((specifier) => {
      const inside = new URL(specifier, `file:///${file.path}`).href.startsWith(home);
      if (!inside && file.folder !== 'test') return [`${file.path} leaves its package through ${specifier}`];
      return /\.(tsx?|json)$/.test(specifier) ? [] : [`${file.path} imports ${specifier} without its ending`];
    });
}

/**
 * Relative imports of product code that climb more than two folders. One is the aim; two is what a file in
 * `adapters/<name>/` or `core/<name>/` needs to reach its ports.
 */
export function relativeImportsFromAfar(file: SourceFile): readonly string[] {
  return file.imports
    .filter((specifier) => specifier.startsWith('../../../') && file.folder !== 'test')
    .map((specifier) => `${file.path} climbs more than two folders to ${specifier}`);
}
