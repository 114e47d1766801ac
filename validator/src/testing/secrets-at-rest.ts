import BetterSqlite3 from 'better-sqlite3';
import { directoryPaths, readKeyFiles } from '../adapters/data-directory/index.ts';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import { outboxTable } from '../adapters/sqlite/outbox-table.ts';
import type { ChallengeRecord } from '../core/challenge-record.ts';
import { openMail } from '../core/sealed-mail.ts';
import { openChallenge, openToken } from '../core/sealing.ts';
import { mapChallengeSecret, mapTokenSecrets, SECRET_KINDS } from '../core/secret-places.ts';
import type { OpenSecret, TokenRecord } from '../core/token-record.ts';
import { recordValue } from '../ports/record-text.ts';

/** A secret and where it was found. */
export type FoundSecret = { readonly name: string; readonly bytes: Uint8Array };

type Row = { readonly kind: string; readonly id: string; readonly version: number; readonly value: string };
type Turn = Parameters<typeof mapTokenSecrets<OpenSecret, OpenSecret>>[1];

const KEY_BYTES = 32;
const MAILS_MAX = 1000;
const ROWS = "SELECT kind, id, version, value FROM record WHERE kind IN ('token', 'challenge')";

/**
 * Every secret that a validator's directory holds now: its key files, and what its store keeps sealed, opened. Only
 * reads, so that it may look at a validator at work. For tests that search for secrets where none may be.
 */
export function secretsAtRest(root: string): readonly FoundSecret[] {
  const paths = directoryPaths(root);
  const entropy = (): Uint8Array => new Uint8Array(0);
  const keys = readKeyFiles({ paths, crypto: nodeCrypto, entropy });
  const files = {
    ...{ kek: keys.kek, hedgeKey: keys.hedgeKey, deadKey: keys.deadKey, pepper: keys.pepper },
    ...{ noiseStatic: keys.noiseStatic, ticketKey: keys.ticketKey, checkpointKey: keys.checkpointKey },
    pairingStatic: keys.pairingStatic.secret,
  };
  const found: FoundSecret[] = Object.entries(files).map(([name, key]) => ({ name, bytes: key.expose() }));
  const sealing = {
    crypto: nodeCrypto,
    keys: { kek: keys.kek.expose(), hedgeKey: keys.hedgeKey.expose() },
  };
  const database = new BetterSqlite3(paths.store, { readonly: true });
  try {
    found.push(...mailSecrets(database, keys.kek.expose()));
    for (const { kind, id, version, value } of database.prepare<[], Row>(ROWS).all()) {
      const collect: Turn = (secret, place) => {
        found.push(...partsOf(`${kind} ${id}`, place.kind, secret.bytes));
        return secret;
      };
      if (kind === 'token') {
        const token = openToken({ ...sealing, version, record: recordValue<TokenRecord>(value) });
        if (token !== undefined) mapTokenSecrets(token, collect);
      } else {
        const record = recordValue<ChallengeRecord>(value);
        const challenge = openChallenge({ ...sealing, version, record });
        if (challenge !== undefined) mapChallengeSecret(challenge, collect);
      }
    }
  } finally {
    database.close();
  }
  return found;
}

/** Secret fields of messages that wait. */
function mailSecrets(database: BetterSqlite3.Database, kek: Uint8Array): readonly FoundSecret[] {
  return outboxTable(database)
    .claim(MAILS_MAX)
    .flatMap((mail) => {
      const fields = openMail({ crypto: nodeCrypto, keys: { kek } }, mail)?.fields ?? {};
      return Object.entries(fields)
        .filter(([name]) => !Object.hasOwn(mail.fields, name))
        .map(([name, text]) => ({ name: `mail ${mail.id} ${name}`, bytes: new TextEncoder().encode(text) }));
    });
}

/** Keys that are packed together are told one by one: any one of them alone would be a leak. */
function partsOf(owner: string, kind: number, bytes: Uint8Array): readonly FoundSecret[] {
  // The body of PREPARE holds public fields too; its one secret, the hint key, stands in the binding.
  if (kind === SECRET_KINDS.prepareBody) return [];
  const name = Object.entries(SECRET_KINDS).find(([, one]) => one === kind)?.[0] ?? 'secret';
  const count = Math.max(1, Math.floor(bytes.length / KEY_BYTES));
  return Array.from({ length: count }, (_part, index) => ({
    name: `${owner} ${name} ${index}`,
    bytes: bytes.slice(index * KEY_BYTES, (index + 1) * KEY_BYTES),
  }));
}
