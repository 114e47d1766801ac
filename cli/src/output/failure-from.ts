import { Failure } from './failure.ts';
import { isFailureId } from './failure-table.ts';
import { plainFields } from './plain-fields.ts';

/**
 * A thrown thing as a failure with three sentences. Packages say what went wrong in a literal `code` with their own words
 * (`message`, `next`); what no one foresaw is INTERNAL.
 */
export function failureFrom(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (!(thrown instanceof Error)) return new Failure('INTERNAL', { id: 'unknown' });
  const { code, next, fields } = {
    code: undefined,
    next: undefined,
    fields: undefined,
    ...ownFields(thrown),
  };
  if (typeof code === 'string' && isFailureId(code)) {
    const advice = typeof next === 'string' ? { advice: next } : {};
    return new Failure(
      code,
      { ...plainFields(fields), reason: thrown.message, ...advice },
      { cause: thrown },
    );
  }
  return new Failure('INTERNAL', { id: typeof code === 'string' ? code : thrown.name }, { cause: thrown });
}

function ownFields(error: Error): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(error));
}
