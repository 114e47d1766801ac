import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Target, TargetOptions } from '../target.ts';
import { TargetUnusable } from '../target-unusable.ts';
import { httpTarget } from './http.ts';
import type { BankDesk } from './http-desk.ts';
import { inProcessTarget } from './in-process.ts';
import { inProcessSqliteTarget } from './in-process-sqlite.ts';

/** What only a validator over HTTP needs: who enrols customers and fobs there. */
export type OpenOptions = { readonly seed: number; readonly desk?: () => Promise<BankDesk> };

/**
 * Opens a target by its name: `in-process`, `in-process-sqlite`, the address of this validator, or the path of a
 * module that exports `openTarget(options)`.
 *
 * @throws TargetUnusable
 */
export async function openTarget(name: string, { seed, desk }: OpenOptions): Promise<Target> {
  const options: TargetOptions = { name, seed };
  if (name === 'in-process') return inProcessTarget(options);
  if (name === 'in-process-sqlite') return await inProcessSqliteTarget(options);
  if (/^https?:\/\//u.test(name)) {
    if (desk !== undefined) return httpTarget({ ...options, desk: await desk() });
    throw new TargetUnusable(
      `Nobody is named who enrols customers at ${name}.`,
      'Name the data directory of a validator that runs with --dev.',
    );
  }
  return await fromModule(options);
}

type TargetModule = { readonly openTarget: (options: TargetOptions) => Promise<Target> };

async function fromModule(options: TargetOptions): Promise<Target> {
  const url = pathToFileURL(resolve(options.name)).href;
  const loaded: unknown = await import(url).catch((cause: unknown) => {
    throw new TargetUnusable(
      `There is no target ${options.name}.`,
      'Use in-process, in-process-sqlite, the address of a validator, or the path of a module.',
      { cause },
    );
  });
  if (isTargetModule(loaded)) return await loaded.openTarget(options);
  throw new TargetUnusable(
    `${options.name} exports no function openTarget.`,
    'Export one that takes { name, seed } and promises a Target.',
  );
}

function isTargetModule(loaded: unknown): loaded is TargetModule {
  return (
    typeof loaded === 'object' &&
    loaded !== null &&
    'openTarget' in loaded &&
    typeof loaded.openTarget === 'function'
  );
}
