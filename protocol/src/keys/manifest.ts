import type { Layout, LayoutError, Result } from '../bytes/index.ts';
import { assert, concatBytes, err, fieldBytes, fieldU8, fieldU32, layout, ok } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { isSigned, SIGNATURE_BYTES, signBytes } from './signed-bytes.ts';
import type { TokenSerial } from './token-serial.ts';
import { fieldSerial } from './token-serial.ts';

/** One shipped token. */
export type ManifestEntry = {
  readonly serial: TokenSerial;
  /** `certificateFingerprint`, 16 bytes. */
  readonly certificateHash: Uint8Array;
};

/** What the maker shipped to one bank: docs/spec/provisioning.md, "Shipping manifest". */
export type Manifest = {
  readonly makerId: number;
  readonly manifestId: number;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  /** In rising order of serial, each serial once. */
  readonly entries: readonly ManifestEntry[];
};

/** Why a manifest is refused. */
export type ManifestError =
  | LayoutError
  | { readonly code: 'unknown_version'; readonly version: number }
  | { readonly code: 'too_many_entries'; readonly entryCount: number; readonly entryCountMax: number }
  | { readonly code: 'not_rising'; readonly entryIndex: number }
  | { readonly code: 'bad_signature' };

/** Most tokens in one manifest: one batch. */
export const MANIFEST_ENTRY_COUNT_MAX = 50_000;

const VERSION = 1;
const SIGNED_LABEL = 'chiavetta/v1 manifest';

type ManifestHead = {
  readonly version: number;
  readonly makerId: number;
  readonly manifestId: number;
  readonly issuedAt: number;
  readonly entryCount: number;
};

/** The bytes before the entries. */
export const manifestHeadLayout: Layout<ManifestHead> = layout('manifest head', {
  version: fieldU8,
  makerId: fieldU32,
  manifestId: fieldU32,
  issuedAt: fieldU32,
  entryCount: fieldU32,
});

/** One entry. */
export const manifestEntryLayout: Layout<ManifestEntry> = layout('manifest entry', {
  serial: fieldSerial,
  certificateHash: fieldBytes(16),
});

/** Signs a manifest. The entries may come in any order; each serial stands once. */
export function signManifest(options: {
  readonly crypto: Crypto;
  /** Ed25519 secret of the maker, 32 bytes. */
  readonly makerSecret: Uint8Array;
  readonly manifest: Manifest;
}): Uint8Array {
  const { makerId, manifestId, issuedAt } = options.manifest;
  const entries = [...options.manifest.entries].sort((left, right) => (left.serial < right.serial ? -1 : 1));
  assert(entries.length <= MANIFEST_ENTRY_COUNT_MAX, 'a manifest holds at most one batch');
  assert(firstNotRising(entries) === undefined, 'each serial stands once in a manifest');
  const head = { version: VERSION, makerId, manifestId, issuedAt, entryCount: entries.length };
  return signBytes({
    crypto: options.crypto,
    secret: options.makerSecret,
    label: SIGNED_LABEL,
    body: concatBytes(manifestHeadLayout.encode(head), ...entries.map(manifestEntryLayout.encode)),
  });
}

/** Reads a manifest and checks its signature. Total; the declared count is checked before anything is read by it. */
export function verifyManifest(options: {
  readonly crypto: Crypto;
  readonly manifest: Uint8Array;
  readonly makerPublicKey: Uint8Array;
}): Result<Manifest, ManifestError> {
  const { crypto, manifest, makerPublicKey } = options;
  const head = readHead(manifest);
  if (!head.ok) return head;
  if (!isSigned({ crypto, publicKey: makerPublicKey, label: SIGNED_LABEL, bytes: manifest })) {
    return err({ code: 'bad_signature' });
  }
  const entries: ManifestEntry[] = [];
  for (let index = 0; index < head.value.entryCount; index += 1) {
    const offset = manifestHeadLayout.byteCount + index * manifestEntryLayout.byteCount;
    const entry = manifestEntryLayout.decode(
      manifest.subarray(offset, offset + manifestEntryLayout.byteCount),
    );
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  const entryIndex = firstNotRising(entries);
  if (entryIndex !== undefined) return err({ code: 'not_rising', entryIndex });
  const { makerId, manifestId, issuedAt } = head.value;
  return ok({ makerId, manifestId, issuedAt, entries });
}

function readHead(manifest: Uint8Array): Result<ManifestHead, ManifestError> {
  const head = manifestHeadLayout.decode(manifest.subarray(0, manifestHeadLayout.byteCount));
  if (!head.ok) return head;
  const { version, entryCount } = head.value;
  if (version !== VERSION) return err({ code: 'unknown_version', version });
  if (entryCount > MANIFEST_ENTRY_COUNT_MAX) {
    return err({ code: 'too_many_entries', entryCount, entryCountMax: MANIFEST_ENTRY_COUNT_MAX });
  }
  const expectedBytes =
    manifestHeadLayout.byteCount + entryCount * manifestEntryLayout.byteCount + SIGNATURE_BYTES;
  if (manifest.length !== expectedBytes) {
    return err({ code: 'wrong_length', layout: 'manifest', expectedBytes, foundBytes: manifest.length });
  }
  return head;
}

/** The index of the first entry whose serial does not exceed the one before it. */
function firstNotRising(entries: readonly ManifestEntry[]): number | undefined {
  let last = 0n;
  for (const [index, entry] of entries.entries()) {
    if (entry.serial <= last) return index;
    last = entry.serial;
  }
  return undefined;
}
