import type { SourceFile } from '../source-file.ts';

/** Subpaths of our packages that bring an adapter with them. */
const ADAPTER_SUBPATHS: ReadonlySet<string> = new Set([
  '@chiavetta/firmware-sim/adapters/pty',
  '@chiavetta/validator/http',
  '@chiavetta/validator/memory',
  '@chiavetta/validator/sqlite',
  '@chiavetta/validator/node-crypto',
  '@chiavetta/validator/outbox',
  '@chiavetta/provisioning/node-serial',
]);

const PRODUCT_FOLDERS: readonly string[] = ['protocol', 'firmware-sim', 'validator', 'provisioning', 'cli'];

/** Where a program is put together: one file each, and their subpaths bring the adapters with them. */
const COMPOSITION_ROOTS: readonly string[] = ['cli/src/compose.ts', 'validator/src/http/start-validator.ts'];

/** Adapters meet in the composition roots and nowhere else in the product. */
export function adaptersOutsideCompose(file: SourceFile): readonly string[] {
  if (file.isTest || !PRODUCT_FOLDERS.includes(file.folder)) return [];
  if (COMPOSITION_ROOTS.includes(file.path) || isTestSupport(file.path)) return [];
  return file.loads
    .filter((specifier) => ADAPTER_SUBPATHS.has(specifier) || reachesAnotherAdapter(file, specifier))
    .map((specifier) => `${file.path} uses the adapter ${specifier}; only a composition root may`);
}

/** What only tests use: fakes and small worlds, which have to be put together from something. */
function isTestSupport(path: string): boolean {
  return /^[^/]+\/src\/testing\//.test(path);
}

/** Test support stays out of the product, or its adapters would come in through it. */
export function testSupportInProduct(file: SourceFile): readonly string[] {
  if (file.isTest || !PRODUCT_FOLDERS.includes(file.folder) || isTestSupport(file.path)) return [];
  return file.loads
    .filter((specifier) => /(^|\/)testing(\/|$)/.test(specifier))
    .map((specifier) => `${file.path} is product and must not load ${specifier}`);
}

/** Whether a relative import goes into an adapter folder which is not the importing file's own. */
function reachesAnotherAdapter(file: SourceFile, specifier: string): boolean {
  if (!specifier.startsWith('.')) return false;
  const target = adapterOf(new URL(specifier, `file:///${file.path}`).pathname.slice(1));
  return target !== undefined && target !== adapterOf(file.path);
}

function adapterOf(path: string): string | undefined {
  return /^([^/]+\/src\/adapters\/[^/]+)\//.exec(path)?.[1];
}

/** The serial binding is native code: one adapter loads it, so that nothing else needs it. */
export function serialportOutsideAdapter(file: SourceFile): readonly string[] {
  if (file.path.startsWith('provisioning/src/adapters/node-serial')) return [];
  return file.imports
    .filter((specifier) => specifier === 'serialport' || specifier.startsWith('@serialport/'))
    .map((specifier) => `${file.path} imports ${specifier}; only the node-serial adapter may`);
}
