import { readdirSync, readFileSync } from 'node:fs';

/** An `@example` of a public name: its code, and what its last line says that it gives, if it says a value. */
export type DocumentedExample = {
  readonly file: string;
  readonly code: string;
  readonly gives: string | undefined;
};

const ROOT = new URL('../../', import.meta.url);
const PACKAGES = ['protocol', 'firmware-sim', 'validator', 'provisioning', 'cli'];

/** Every `@example` in the sources of the packages. */
export function documentedExamples(): readonly DocumentedExample[] {
  return PACKAGES.flatMap((name) => {
    const folder = new URL(`${name}/src/`, ROOT);
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
      .flatMap((path) => examplesIn(`${name}/src/${path}`, readFileSync(new URL(path, folder), 'utf8')));
  });
}

function examplesIn(file: string, source: string): readonly DocumentedExample[] {
  return [...source.matchAll(/^ *\* @example\n([\s\S]*?)\*\//gm)].map(([, comment = '']) => {
    const text = comment.replaceAll(/^ *\* ?/gm, '');
    const code = /```ts\n([\s\S]*?)```/.exec(text)?.[1];
    if (code === undefined) throw new Error(`${file}: an @example is a block of ts`);
    // A text in quotes or bytes in hexadecimal; any other remark is for people.
    const gives = /\/\/ ('[^']*'|[0-9A-F]{2}(?: [0-9A-F]{2})*)\n$/.exec(code)?.[1];
    return { file, code, gives };
  });
}

/** A value as the remark behind an example writes it. */
export function shown(value: unknown): string {
  if (!(value instanceof Uint8Array)) return `'${String(value)}'`;
  return [...value].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}
