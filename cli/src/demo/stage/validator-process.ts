import { join } from 'node:path';
import type { ValidatorClient } from '../../api/validator-client.ts';
import type { DemoChild } from './child-process.ts';
import type { Mailbox } from './mailbox.ts';
import type { Portal } from './portal.ts';

/** Somebody whom the first start of a developer's validator added. */
export type FirstOperator = { readonly name: string; readonly role: string; readonly password: string };

/** The validator in its own process, and what stands around it. */
export type StartedValidator = {
  readonly child: DemoChild;
  readonly url: string;
  readonly client: ValidatorClient;
  readonly portal: Portal;
  readonly mails: Mailbox;
  readonly operators: readonly FirstOperator[];
  readonly files: ValidatorFiles;
};

/** Where a validator keeps what the demo looks at. */
export type ValidatorFiles = {
  readonly store: string;
  readonly witnessFile: string;
  readonly outbox: string;
  /** Signed manifests of the test maker. */
  readonly manifests: string;
  readonly keyFile: string;
};

/** The files below a data directory. */
export function validatorFiles(dataDirectory: string): ValidatorFiles {
  return {
    store: join(dataDirectory, 'store.db'),
    witnessFile: join(dataDirectory, 'witness.ndjson'),
    manifests: join(dataDirectory, 'dev', 'manifests'),
    outbox: join(dataDirectory, 'outbox'),
    keyFile: join(dataDirectory, 'keys', CHECKPOINT_KEY),
  };
}

const CHECKPOINT_KEY = 'checkpoint.key';
