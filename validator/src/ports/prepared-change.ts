import { assert } from '@chiavetta/protocol/bytes';
import { encodeAuditBody } from '../core/audit/entry-body.ts';
import { AUDIT_HASH_BYTES } from '../core/audit/merkle-tree.ts';
import type { AuditDraft } from './audit-log.ts';
import type { Mail } from './mail.ts';
import { SECRET_MAIL_FIELDS } from './mail.ts';
import { recordText } from './record-text.ts';
import type { Change } from './store.ts';

/** A record that a change names, and the version that it must have. */
export type NamedRecord = { readonly kind: string; readonly id: string; readonly expected: number };

/** A change as a store takes it up: checked, and no longer shared with the caller. */
export type PreparedChange = {
  /** Every record that the change names: the puts, the removes, the checks. */
  readonly named: readonly NamedRecord[];
  readonly puts: readonly (NamedRecord & { readonly text: string })[];
  readonly removes: readonly NamedRecord[];
  readonly audit: readonly AuditDraft[];
  readonly mails: readonly Mail[];
};

/**
 * Checks a change before anything of it is applied, so that nothing can refuse it half way.
 *
 * @throws InvariantError when it is malformed, which is a bug of the caller.
 */
export function prepareChange<Types>(change: Change<Types>): PreparedChange {
  const named = [...change.puts, ...change.removes, ...change.checks].map(({ kind, id, expected }) => ({
    kind,
    id,
    expected,
  }));
  const keys = new Set(named.map((record) => JSON.stringify([record.kind, record.id])));
  assert(keys.size === named.length, 'a change names each record once');
  for (const { id, expected } of named) {
    assert(id !== '', 'a record has an id');
    assert(Number.isSafeInteger(expected) && expected >= 0, 'an expected version is 0 or a version');
  }
  assert(
    change.removes.every((record) => record.expected > 0),
    'only a record that exists is removed',
  );
  assert(
    !change.mails.some(({ fields }) => SECRET_MAIL_FIELDS.some((name) => Object.hasOwn(fields, name))),
    'a PIN or User Code in a message is sealed',
  );
  const place = { index: 0, subjectIndex: 0, atMs: 0, previous: new Uint8Array(AUDIT_HASH_BYTES) };
  for (const draft of change.audit) encodeAuditBody({ ...draft, ...place });
  return {
    named,
    puts: change.puts.map(({ kind, id, expected, value }) => ({
      kind,
      id,
      expected,
      text: recordText(value),
    })),
    removes: change.removes.map(({ kind, id, expected }) => ({ kind, id, expected })),
    audit: change.audit.map((draft) => ({
      ...draft,
      approvers: draft.approvers && [...draft.approvers],
      detail: draft.detail && { ...draft.detail },
    })),
    mails: change.mails.map(({ sealed, ...mail }) => ({
      ...mail,
      fields: { ...mail.fields },
      ...(sealed === undefined ? {} : { sealed: { ...sealed } }),
    })),
  };
}
