import { toHex } from '@chiavetta/protocol/bytes';
import type { Manifest } from '@chiavetta/protocol/keys';
import { formatSerial, verifyManifest } from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { StoredRecord } from '../../ports/store.ts';
import { changeOf } from '../../ports/store.ts';
import type { Decider } from '../decision.ts';
import type { RecordTypes } from '../records.ts';
import type { StaffAnswer } from './staff-answer.ts';
import { refuse } from './staff-answer.ts';
import type { StaffDecision } from './staff-decision.ts';
import { refuseDecision } from './staff-decision.ts';

/** What was taken into stock. */
export type Imported = { readonly makerId: number; readonly manifestId: number; readonly tokens: number };

/** Reads a manifest if one of the configured makers signed it. */
export function readManifest(
  crypto: Crypto,
  job: { readonly manifest: Uint8Array; readonly makerRoots: readonly Uint8Array[] },
): StaffAnswer<Manifest> {
  const { manifest } = job;
  for (const makerPublicKey of job.makerRoots) {
    const verified = verifyManifest({ crypto, manifest, makerPublicKey });
    if (verified.ok) {
      const hashes = new Set(verified.value.entries.map((one) => toHex(one.certificateHash)));
      return hashes.size === verified.value.entries.length
        ? verified
        : refuse('SERVER_REFUSED', 'the manifest names one certificate for two serials');
    }
    if (verified.error.code !== 'bad_signature') {
      return refuse('SERVER_REFUSED', `this is not a well-formed manifest: ${verified.error.code}`);
    }
  }
  return refuse('SERVER_REFUSED', 'no configured maker has signed this manifest');
}

/**
 * Takes the serials of a manifest into stock, all or none: each serial is accepted once, whoever else imports at the
 * same time. docs/spec/provisioning.md, "Who signs what".
 */
export function decideImport(
  decider: Decider,
  records: { readonly shipped: readonly (StoredRecord<RecordTypes, 'shipped'> | undefined)[] },
  job: { readonly manifest: Manifest; readonly operator: string },
): StaffDecision<Imported> {
  const known = records.shipped.find((one) => one !== undefined);
  if (known !== undefined) {
    return refuseDecision(
      'SERVER_REFUSED',
      'a serial of this manifest was announced before: nothing was taken',
      {
        serial: known.id,
        manifest: String(known.value.manifestId),
      },
    );
  }
  const { makerId, manifestId, entries } = job.manifest;
  const detail = { makerId, manifestId, tokens: entries.length };
  return {
    answer: { ok: true, value: detail },
    change: changeOf({
      puts: entries.map(({ serial, certificateHash }) => {
        const id = formatSerial(serial);
        const value = { serial: id, certificateHash, makerId, manifestId, atMs: decider.nowMs };
        return { kind: 'shipped', id, expected: 0, value };
      }),
      audit: [{ subject: 'store', event: 'stock.imported', operator: job.operator, detail }],
    }),
  };
}
