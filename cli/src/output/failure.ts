import type { FailureId } from './failure-table.ts';

/**
 * The world said no: a stable id, and the values that its three sentences need. The sentences stand in the catalogue,
 * the exit code in the failure table; nothing secret may be among the fields.
 */
export class Failure extends Error {
  readonly id: FailureId;
  readonly fields: Readonly<Record<string, string | number>>;
  constructor(id: FailureId, fields: Readonly<Record<string, string | number>> = {}, options?: ErrorOptions) {
    super(id, options);
    this.name = 'Failure';
    this.id = id;
    this.fields = fields;
  }
}

/** Something typed does not fit: exit code 2, one sentence and how to see the help. */
export function usageFailure(sentence: string): Failure {
  return new Failure('USAGE', { sentence });
}
