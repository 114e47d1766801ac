import type { FailureWords } from '../../ports/failure.ts';
import { ChiavettaError } from '../../ports/failure.ts';

/** Every way in which the data directory can be unfit, besides its store. */
export type DataDirectoryFailure =
  | 'KEY_FILE_PERMISSION'
  | 'KEY_FILE_DAMAGED'
  | 'KEY_FILE_MISSING'
  | 'DATA_IS_DEV'
  | 'DATA_IS_NOT_DEV'
  | 'AUTHORITY_MISSING'
  | 'AUTHORITY_WRONG';

/** The data directory cannot be used as it is; nothing in it was changed. */
export class DataDirectoryError extends ChiavettaError<DataDirectoryFailure> {
  override readonly name: string = 'DataDirectoryError';
  /** What the sentences of the error need: `path`, the `mode` that was found, and the `request` that the bank has to sign. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(
    words: FailureWords<DataDirectoryFailure>,
    fields: { readonly path: string; readonly mode?: string; readonly request?: string },
  ) {
    super(words);
    this.fields = { ...fields };
  }
}
