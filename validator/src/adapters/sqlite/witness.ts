import { equalConstantTime } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import { signCheckpoint } from '../../core/audit/checkpoint.ts';
import { frontierRoot } from '../../core/audit/merkle-tree.ts';
import type { SignedCheckpoint } from '../../ports/audit-log.ts';
import type { AuditTable } from './audit-table.ts';
import { storeError } from './sqlite-failure.ts';
import { appendWitness, readWitness } from './witness-file.ts';

/** Signs heads, keeps them in the store and hands them to the witness file. */
export type Witness = {
  /** Signs the head as it is inside the writer's transaction, unless that head has a checkpoint. */
  readonly sign: (atMs: number) => SignedCheckpoint;
  /** Appends to the file whatever it does not have yet. After the commit: the file never knows more than the store. */
  readonly publish: () => void;
};

/**
 * Takes up a witness file. A file that knows more than the store, or something else, says that the store was put
 * back to an older state or replaced.
 *
 * @throws StoreError
 */
export function openWitness(job: {
  readonly file: string;
  readonly witnessFile: string;
  readonly crypto: Crypto;
  readonly secret: Uint8Array;
  readonly audit: AuditTable;
}): Witness {
  const { audit, crypto } = job;
  const found = readWitness(job.witnessFile);
  if (found.badLines.length > 0) {
    throw storeError('STORE_CORRUPT', job.witnessFile, {
      extra: `line ${found.badLines[0]} is no checkpoint`,
    });
  }
  const last = found.checkpoints.at(-1);
  if (last !== undefined && !matches(crypto, audit, last)) {
    throw storeError('STORE_ROLLED_BACK', job.file, {
      extra: `checkpoint ${last.count} in ${job.witnessFile}`,
    });
  }
  let published = last?.count ?? -1;
  let soundBytes = found.soundBytes;
  return {
    sign: (atMs) => {
      const frontier = audit.frontier();
      const before = audit.checkpointAt(frontier.count);
      if (before !== undefined) return before;
      const head = { count: frontier.count, root: frontierRoot(crypto, frontier) };
      const checkpoint = signCheckpoint(crypto, { secret: job.secret, head, atMs });
      audit.keepCheckpoint(checkpoint);
      return checkpoint;
    },
    publish: () => {
      const checkpoints = audit.checkpoints({ afterCount: published });
      if (checkpoints.length === 0) return;
      soundBytes = appendWitness(job.witnessFile, { soundBytes, checkpoints });
      published = checkpoints.at(-1)?.count ?? published;
    },
  };
}

function matches(crypto: Crypto, audit: AuditTable, witnessed: SignedCheckpoint): boolean {
  const frontier = audit.frontier();
  const root =
    witnessed.count === frontier.count
      ? frontierRoot(crypto, frontier)
      : audit.checkpointAt(witnessed.count)?.root;
  return witnessed.count <= frontier.count && root !== undefined && equalConstantTime(root, witnessed.root);
}
