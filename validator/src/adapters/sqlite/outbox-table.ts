import type { Database } from 'better-sqlite3';
import type { Mail, MailKind, PendingMail } from '../../ports/mail.ts';

/** Beside the fields, in one document with them; no field that a text names can have this name. */
const SEALED_MARK = '$sealed';

/** Messages that wait for delivery, in one table. */
export type OutboxTable = {
  /** Inside the transaction of the change that the messages tell about. */
  readonly add: (mails: readonly Mail[], createdMs: number) => void;
  readonly claim: (limit: number) => readonly PendingMail[];
  readonly done: (id: number) => void;
};

type Row = {
  readonly id: number;
  readonly createdMs: number;
  readonly address: string;
  readonly kind: MailKind;
  readonly fields: string;
};

/** The statements of the outbox, prepared once. */
export function outboxTable(database: Database): OutboxTable {
  const insert = database.prepare<[number, string, string, string]>(
    'INSERT INTO outbox (created_ms, address, kind, fields) VALUES (?, ?, ?, ?)',
  );
  const select = database.prepare<[number], Row>(
    'SELECT id, created_ms AS createdMs, address, kind, fields FROM outbox ORDER BY id LIMIT ?',
  );
  const remove = database.prepare<[number]>('DELETE FROM outbox WHERE id = ?');
  return {
    add: (mails, createdMs) => {
      for (const mail of mails) insert.run(createdMs, mail.to, mail.kind, textOf(mail));
    },
    claim: (limit) =>
      select.all(limit).map(({ id, createdMs, address, kind, fields }) => ({
        ...{ id, createdMs, to: address, kind },
        ...fieldsIn(fields),
      })),
    done: (id) => {
      remove.run(id);
    },
  };
}

function textOf({ fields, sealed }: Mail): string {
  return JSON.stringify(sealed === undefined ? fields : { ...fields, [SEALED_MARK]: sealed });
}

function fieldsIn(text: string): Pick<Mail, 'fields' | 'sealed'> {
  const { [SEALED_MARK]: sealed, ...fields } = JSON.parse(text);
  return { fields, ...(sealed === undefined ? {} : { sealed }) };
}
