import { fromBase64 } from '@chiavetta/protocol/bytes';
import type { TObject, TOptional, TString } from 'typebox';
import { Type } from 'typebox';
import { HttpFailure } from './http-failure.ts';

const PAGE_COUNT_DEFAULT = 100;
const PAGE_COUNT_MAX = 1_000;

/** Twelve digits. */
export const serialText: TString = Type.String({ pattern: '^[0-9]{12}$' });

/** Why something is done: stands in the audit log. */
export const reasonText: TString = Type.String({ minLength: 1, maxLength: 200 });

/** A page of a list: what comes after an id, at most so many. */
export const pageQuery: TObject<{ afterId: TOptional<TString>; limit: TOptional<TString> }> = Type.Object(
  {
    afterId: Type.Optional(Type.String({ maxLength: 128 })),
    limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })),
  },
  { additionalProperties: false },
);

/** The page that a query asks for. */
export function pageOf(query: { readonly afterId?: string; readonly limit?: string }): {
  readonly afterId?: string;
  readonly limit: number;
} {
  const limit = Math.min(Number(query.limit ?? PAGE_COUNT_DEFAULT), PAGE_COUNT_MAX);
  return query.afterId === undefined ? { limit } : { afterId: query.afterId, limit };
}

/** Standard base64 of at most so many bytes. */
export function base64Text(byteCountMax: number): TString {
  return Type.String({ maxLength: Math.ceil(byteCountMax / 3) * 4, description: 'Bytes in base64.' });
}

/** The bytes of a field. @throws HttpFailure when it is not base64. */
export function bytesOf(name: string, text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes.ok) return bytes.value;
  throw new HttpFailure(400, { id: 'BAD_REQUEST', message: `The field ${name} is not base64.` });
}
