import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { adaptersOutsideCompose, serialportOutsideAdapter, testSupportInProduct } from './rules/adapters.ts';
import {
  importsAgainstDirection,
  importsOfPrivateFiles,
  relativeImportsFromAfar,
  relativeImportsOutOfPlace,
} from './rules/direction.ts';
import { impurities, isPure } from './rules/purity.ts';
import { codeInEntry, emptyNames, hiddenExports, importsOwnEntry, longWithoutReason } from './rules/shape.ts';
import type { SourceFile } from './source-file.ts';
import { PACKAGE_FOLDERS, parseSourceFile, readSourceFiles } from './source-file.ts';

type Rule = (file: SourceFile) => readonly string[];
/** A rule, the sentence it stands for, and the files (path and text) that it has to refuse. */
type RuleCase = {
  readonly says: string;
  readonly rule: Rule;
  readonly refused: readonly (readonly [path: string, text: string])[];
  readonly accepted: readonly (readonly [path: string, text: string])[];
};

const TITLE_CHARACTERS_MAX = 80;
const CORE = 'validator/src/core/a.ts';

const RULES: readonly RuleCase[] = [
  {
    says: 'packages import only in the direction of the arrows',
    rule: importsAgainstDirection,
    refused: [
      ['protocol/src/a.ts', "import { x } from '@chiavetta/validator';"],
      ['validator/src/a.ts', "import type { X } from '@chiavetta/provisioning';"],
      ['firmware-sim/src/a.ts', "export { x } from '@chiavetta/cli';"],
      ['provisioning/src/a.ts', "const x = await import('@chiavetta/firmware-sim');"],
      ['test/kit/a.ts', "import { x } from '@chiavetta/cli';"],
    ],
    accepted: [
      ['cli/src/a.ts', "import { x } from '@chiavetta/validator/http';"],
      ['validator/src/a.ts', "import { x } from '@chiavetta/protocol/otp';"],
    ],
  },
  {
    says: 'no package reaches into the sources of another',
    rule: importsOfPrivateFiles,
    refused: [['cli/src/a.ts', "import { x } from '@chiavetta/validator/src/core/a.ts';"]],
    accepted: [],
  },
  {
    says: 'relative imports stay inside their package and name a file',
    rule: relativeImportsOutOfPlace,
    refused: [
      ['validator/src/a.ts', "import { x } from '../../protocol/src/a.ts';"],
      ['validator/src/a.ts', "import { x } from './b';"],
      ['validator/src/a.ts', "import { x } from './b.js';"],
    ],
    accepted: [['validator/src/core/a.ts', "import { x } from '../ports/b.ts';"]],
  },
  {
    says: 'relative imports climb at most two folders',
    rule: relativeImportsFromAfar,
    refused: [['validator/src/core/audit/tree/a.ts', "import { x } from '../../../ports/b.ts';"]],
    accepted: [['validator/src/adapters/sqlite/a.ts', "import { x } from '../../ports/b.ts';"]],
  },
  {
    says: 'pure folders take time, randomness and bytes as values',
    rule: impurities,
    refused: [
      ['protocol/src/otp/a.ts', "import { hkdfSync } from 'node:crypto';"],
      ['protocol/src/otp/a.ts', "import { hkdfSync } from 'crypto';"],
      ['firmware-sim/src/core/fob/a.ts', 'export const now = Date.now();'],
      [CORE, 'export const x = Math.random();'],
      [CORE, 'export const x = globalThis;'],
      [CORE, 'setTimeout(() => undefined, 1);'],
      [CORE, 'export const x = { process };'],
      [CORE, 'export const x: Buffer = y;'],
      [CORE, 'console.log(1);'],
      [CORE, 'export const x = crypto.subtle;'],
      [CORE, 'export const x = (a: number, b = Date) => b;'],
    ],
    accepted: [
      [CORE, 'export const x = { process: 1, a: b.process };'],
      [CORE, 'export const x = (crypto: Crypto) => crypto.sha256();'],
      [CORE, 'export function f({ crypto, d = 1 }: Options): X { return crypto.hmac(d); }'],
      [CORE, 'export type F = (crypto: Crypto) => void;'],
      ['validator/src/core/a.test.ts', "import { readFileSync } from 'node:fs';"],
      ['validator/src/http/a.ts', 'export const now = Date.now();'],
    ],
  },
  {
    says: 'only the node-serial adapter imports serialport',
    rule: serialportOutsideAdapter,
    refused: [
      ['cli/src/a.ts', "import { SerialPort } from 'serialport';"],
      ['provisioning/src/core/a.ts', "import { SerialPortStream } from '@serialport/stream';"],
    ],
    accepted: [['provisioning/src/adapters/node-serial/port.ts', "import { SerialPort } from 'serialport';"]],
  },
  {
    says: 'adapters meet only where a program is put together',
    rule: adaptersOutsideCompose,
    refused: [
      ['cli/src/commands/a.ts', "import { x } from '@chiavetta/validator/http';"],
      ['cli/src/commands/a.ts', "import { type X, y } from '@chiavetta/validator/http';"],
      ['cli/src/commands/a.ts', "import { x } from '@chiavetta/validator/sqlite';"],
      ['validator/src/http/a.ts', "import { x } from '../adapters/sqlite/a.ts';"],
      ['validator/src/adapters/memory/a.ts', "import { x } from '../sqlite/a.ts';"],
    ],
    accepted: [
      ['cli/src/compose.ts', "import { x } from '@chiavetta/validator/sqlite';"],
      ['validator/src/http/start-validator.ts', "import { x } from '../adapters/sqlite/index.ts';"],
      ['cli/src/commands/a.ts', "import type { X } from '@chiavetta/validator/http';"],
      ['validator/src/adapters/sqlite/a.ts', "import { x } from './b.ts';"],
      ['validator/src/testing/a.ts', "import { x } from '../adapters/memory/index.ts';"],
    ],
  },
  {
    says: 'the product loads no test support',
    rule: testSupportInProduct,
    refused: [
      ['validator/src/http/a.ts', "import { x } from '../testing/a.ts';"],
      ['cli/src/a.ts', "import { x } from '@chiavetta/protocol/testing';"],
    ],
    accepted: [['validator/src/a.test.ts', "import { x } from './testing/a.ts';"]],
  },
  {
    says: 'no file exports everything or a default',
    rule: hiddenExports,
    refused: [
      ['cli/src/a.ts', "export * from './b.ts';"],
      ['cli/src/a.ts', "export * as b from './b.ts';"],
      ['cli/src/a.ts', 'export default 1;'],
    ],
    accepted: [['cli/src/a.ts', "export { b } from './b.ts';"]],
  },
  {
    says: 'entry files only list what the outside may use',
    rule: codeInEntry,
    refused: [
      ['validator/src/index.ts', 'export const x = 1;'],
      ['validator/src/index.ts', 'run();'],
    ],
    accepted: [['validator/src/index.ts', "export { x } from './x.ts';\nexport type { Y } from './y.ts';"]],
  },
  {
    says: 'no file imports the entry of its own folder',
    rule: importsOwnEntry,
    refused: [['validator/src/a.ts', "import { x } from './index.ts';"]],
    accepted: [],
  },
  {
    says: 'a file past 300 lines says why',
    rule: longWithoutReason,
    refused: [['cli/src/a.ts', 'f();\n'.repeat(301)]],
    accepted: [
      ['cli/src/a.ts', 'f();\n'.repeat(300)],
      ['cli/src/a.ts', `// Longer than 300 lines because it is one table.\n${'f();\n'.repeat(301)}`],
    ],
  },
  {
    says: 'every file is named for its idea',
    rule: emptyNames,
    refused: [
      ['cli/src/utils.ts', ''],
      ['cli/src/output/types.ts', ''],
    ],
    accepted: [['cli/src/output/exit-status.ts', '']],
  },
];

const files = readSourceFiles();

test('the scan sees every package and its pure files', () => {
  expect(new Set(files.map((file) => file.folder))).toEqual(new Set(PACKAGE_FOLDERS));
  expect(files.filter(isPure).length).toBeGreaterThanOrEqual(9);
});

for (const { says, rule, refused, accepted } of RULES) {
  describe(says, () => {
    test('in the whole tree', () => {
      expect(files.flatMap((file) => rule(file))).toEqual([]);
    });
    for (const [path, text] of refused) {
      test(`and a planted violation in ${path} is found: ${text.slice(0, TITLE_CHARACTERS_MAX)}`, () => {
        expect(rule(parseSourceFile(path, text))).toHaveLength(1);
      });
    }
    for (const [path, text] of accepted) {
      test(`and ${path} is left alone: ${text.slice(0, TITLE_CHARACTERS_MAX)}`, () => {
        expect(rule(parseSourceFile(path, text))).toEqual([]);
      });
    }
  });
}

test('every source that a manifest exports exists', () => {
  const paths = new Set(files.map((file) => file.path));
  const exported = PACKAGE_FOLDERS.flatMap((folder) => exportedSources(folder));
  expect(exported.length).toBeGreaterThan(20);
  expect(exported.filter((path) => !paths.has(path))).toEqual([]);
});

function exportedSources(folder: string): readonly string[] {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL(`../../${folder}/package.json`, import.meta.url), 'utf8'),
  );
  const sources = JSON.stringify(manifest).matchAll(/"@chiavetta\/source":"\.\/([^"]+)"/g);
  return [...sources].flatMap(([, path]) => (path === undefined ? [] : [`${folder}/${path}`]));
}
