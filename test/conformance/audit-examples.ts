import { fromHex, toBase64, toHex } from '@chiavetta/protocol/bytes';
import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';
import {
  checkpointMessage,
  encodeAuditBody,
  leafHash,
  rootOfLeaves,
  signCheckpoint,
  witnessLine,
} from '@chiavetta/validator';

type Values = ReadonlyMap<string, string>;

/** How each audit example of validation.md is computed from the values printed in it. */
export const auditExamples: Readonly<Record<string, (given: Values) => Readonly<Record<string, string>>>> = {
  'audit-entry': (given) => {
    const entry = encodeAuditBody({
      index: Number(given.get('index')),
      subjectIndex: Number(given.get('subjectIndex')),
      atMs: Number(given.get('atMs')),
      previous: bytesOf(given, 'previous'),
      subject: given.get('subject') ?? '',
      event: given.get('event') ?? '',
      approvers: [given.get('approver') ?? ''],
      detail: { skipped: Number(given.get('skipped')), fob: given.get('fob') === 'yes' },
    });
    return { entry: toHex(entry), hash: toHex(leafHash(crypto, entry)) };
  },
  'audit-checkpoint': (given) => {
    const secret = bytesOf(given, 'secret');
    const root = rootOfLeaves(crypto, [bytesOf(given, 'leaf0'), bytesOf(given, 'leaf1')]);
    const head = { count: 2, root };
    const checkpoint = signCheckpoint(crypto, { secret, head, atMs: Number(given.get('atMs')) });
    return {
      publicKey: toHex(crypto.ed25519PublicKey(secret)),
      root: toHex(root),
      message: toHex(checkpointMessage(checkpoint)),
      signature: toBase64(checkpoint.signature),
      line: witnessLine(checkpoint),
    };
  },
};

function bytesOf(given: Values, name: string): Uint8Array {
  const bytes = fromHex(given.get(name) ?? '?');
  if (!bytes.ok) throw new Error(`${name} is hexadecimal`);
  return bytes.value;
}
