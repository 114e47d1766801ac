import type { Result } from '@chiavetta/protocol/bytes';
import {
  asciiBytes,
  concatBytes,
  err,
  fromBase64,
  fromHex,
  ok,
  toBase64,
  toHex,
  u64,
} from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { AuditHead, SignedCheckpoint } from '../../ports/audit-log.ts';
import { AUDIT_HASH_BYTES } from './merkle-tree.ts';

/** What a checkpoint's signature begins with, so that it fits no other message. docs/spec/validation.md, "Audit". */
export const CHECKPOINT_LABEL = 'chiavetta/v1 audit checkpoint';

/** A checkpoint is signed at every stop and whenever this many entries were added. */
export const CHECKPOINT_EVERY_ENTRIES = 1_000;

/** Bytes of an Ed25519 signature (RFC 8032). */
const SIGNATURE_BYTES = 64;

/** Most characters of a witness line. */
const WITNESS_LINE_MAX = 512;

/** Why a line of a witness file is not a checkpoint. */
export type WitnessLineError = { readonly code: 'not_a_witness_line' };

/** Signs a head. */
export function signCheckpoint(
  crypto: Crypto,
  job: { readonly secret: Uint8Array; readonly head: AuditHead; readonly atMs: number },
): SignedCheckpoint {
  const signature = crypto.ed25519Sign({
    secret: job.secret,
    message: checkpointMessage({ ...job.head, atMs: job.atMs }),
  });
  return { count: job.head.count, root: job.head.root, atMs: job.atMs, signature };
}

/** Whether the store's key signed this checkpoint. */
export function verifyCheckpoint(
  crypto: Crypto,
  checkpoint: SignedCheckpoint,
  publicKey: Uint8Array,
): boolean {
  const { count, atMs, root } = checkpoint;
  if (![count, atMs].every((value) => Number.isSafeInteger(value) && value >= 0)) return false;
  if (root.length !== AUDIT_HASH_BYTES) return false;
  const message = checkpointMessage(checkpoint);
  return crypto.ed25519Verify({ publicKey, message, signature: checkpoint.signature });
}

/** The bytes that a checkpoint's signature covers. */
export function checkpointMessage(checkpoint: Omit<SignedCheckpoint, 'signature'>): Uint8Array {
  return concatBytes(
    asciiBytes(CHECKPOINT_LABEL),
    u64(BigInt(checkpoint.count)),
    u64(BigInt(checkpoint.atMs)),
    checkpoint.root,
  );
}

/** A checkpoint as one line of a witness file, without the line end. */
export function witnessLine(checkpoint: SignedCheckpoint): string {
  return JSON.stringify({
    v: 1,
    count: checkpoint.count,
    atMs: checkpoint.atMs,
    root: toHex(checkpoint.root),
    signature: toBase64(checkpoint.signature),
  });
}

/** Reads a line of a witness file; the one spelling that `witnessLine` writes is the only one accepted. Total. */
export function parseWitnessLine(line: string): Result<SignedCheckpoint, WitnessLineError> {
  const bad = err({ code: 'not_a_witness_line' } as const);
  if (line.length > WITNESS_LINE_MAX) return bad;
  const fields =
    /^\{"v":1,"count":(\d{1,15}),"atMs":(\d{1,15}),"root":"([0-9a-f]+)","signature":"([^"\\]+)"\}$/.exec(
      line,
    );
  const root = fromHex(fields?.[3] ?? '');
  const signature = fromBase64(fields?.[4] ?? '');
  if (!root.ok || root.value.length !== AUDIT_HASH_BYTES) return bad;
  if (!signature.ok || signature.value.length !== SIGNATURE_BYTES) return bad;
  const checkpoint = {
    count: Number(fields?.[1]),
    atMs: Number(fields?.[2]),
    root: root.value,
    signature: signature.value,
  };
  return witnessLine(checkpoint) === line ? ok(checkpoint) : bad;
}
