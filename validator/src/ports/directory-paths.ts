import { join } from 'node:path';

/** Where everything of one validator stands. */
export type DirectoryPaths = {
  readonly root: string;
  readonly store: string;
  readonly witness: string;
  readonly outbox: string;
  readonly lock: string;
  /** Says whether this is a developer's directory. */
  readonly marker: string;
  readonly keys: string;
  /** What the bank's anchor certified of this directory's keys, 158 bytes. */
  readonly authorityCertificate: string;
  /** What the bank's anchor is asked to certify. */
  readonly authorityRequest: string;
  /** Public key of the bank's anchor, 32 bytes. */
  readonly anchorKey: string;
  /** Public keys of makers, 32 bytes each, `*.key`. */
  readonly makerRoots: string;
  /** Certificates of batch issuers, 158 bytes each, `*.cert`. */
  readonly issuers: string;
  readonly storeEpoch: string;
  readonly dev: string;
  readonly devManifests: string;
};

/** The places inside a data directory. */
export function directoryPaths(root: string): DirectoryPaths {
  const keys = join(root, 'keys');
  const dev = join(root, 'dev');
  return {
    root,
    store: join(root, 'store.db'),
    witness: join(root, 'witness.ndjson'),
    outbox: join(root, 'outbox'),
    lock: join(root, 'validator.lock'),
    marker: join(root, 'directory.json'),
    keys,
    authorityCertificate: join(keys, 'authority.cert'),
    authorityRequest: join(keys, 'authority-request.json'),
    anchorKey: join(keys, 'anchor.key'),
    makerRoots: join(keys, 'maker-roots'),
    issuers: join(keys, 'issuers'),
    storeEpoch: join(keys, 'store-epoch'),
    dev,
    devManifests: join(dev, 'manifests'),
  };
}
