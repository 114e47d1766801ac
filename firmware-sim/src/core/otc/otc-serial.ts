import type { Result } from '@chiavetta/protocol/bytes';
import { assert, err, ok } from '@chiavetta/protocol/bytes';
import { formatSerial, MODEL_OTC, OPERATIONS } from '@chiavetta/protocol/keys';
import { PREKEY_COUNT, SLOT_MAX, signPrekeys } from '@chiavetta/protocol/otc';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { PrepareBody, WireErrorName } from '@chiavetta/protocol/wire';
import type { OtcProfile } from '../../profiles/otc.ts';
import { boardRandom } from '../board.ts';
import type { Screen } from '../device.ts';
import type { SerialDevice, StagedOperation } from '../serial/index.ts';
import { OTC_FLASH, planVault } from './otc-flash.ts';
import type { OtcOn } from './otc-state.ts';
import { readTries } from './pin-tries.ts';
import { openStagedPairing, sealStagedPairing } from './staged-operation.ts';
import type { Vault } from './vault.ts';
import { withoutSlot, withPairingOperation, withUnlock } from './vault-changes.ts';
import { homePhase, lockAtRest } from './work.ts';

type PairingPrepare = Extract<PrepareBody, { readonly tag: 'bind' | 'reset' | 'rekey' }>;

/** What the serial core asks of an OTC token: BIND, RESET, REKEY, UNLOCK and REVOKE. */
export function otcSerialDevice(crypto: Crypto, profile: OtcProfile): SerialDevice<OtcOn> {
  return {
    map: OTC_FLASH,
    frameLimitBytes: profile.frameLimitBytes,
    identity: ({ identity, serialNumber }) => ({
      serial: serialNumber,
      model: MODEL_OTC,
      firmware: profile.firmware,
      capabilities: 0,
      opTimeMs: profile.opTimeMs,
      certificate: identity.certificate,
      x25519Secret: identity.x25519Secret,
      anchorPublicKey: identity.anchorPublicKey,
    }),
    appliedEpoch: ({ vault }) => vault.seedEpoch,
    review: (otc, { prepare }) => review(otc, prepare),
    seedBytes: () => 0,
    stage: (otc, { prepare }) => stage(crypto, otc, prepare),
    apply: (otc, transaction) => {
      const drawn = boardRandom(crypto, otc.board, 32);
      const vault = applied(crypto, otc.vault, { ...transaction, stagingKey: drawn.bytes });
      const planned = planVault(crypto, drawn.board, vault);
      return { device: settled({ ...otc, board: planned.board, vault }), ops: planned.ops };
    },
  };
}

/** Whether the operation makes sense on this token now, and what the person is asked. */
function review(otc: OtcOn, prepare: PrepareBody): Result<Screen, WireErrorName> {
  if (prepare.tag === 'provision') return err('unsupported');
  const slotNumber = 'slot' in prepare ? prepare.slot : undefined;
  const slot = otc.vault.slots.find((one) => one.slot === slotNumber);
  if (slotNumber !== undefined && slotNumber > SLOT_MAX) return err('badState');
  // Binding over a slot with keys would take a customer's keys away unseen: REVOKE comes first.
  const hasKeys = slot?.active !== undefined || slot?.pending !== undefined;
  if (prepare.tag === 'bind' && hasKeys) return err('badState');
  if ((prepare.tag === 'reset' || prepare.tag === 'rekey') && slot === undefined) return err('badState');
  if ((prepare.tag === 'unlock' || prepare.tag === 'rekey') && otc.vault.pin === undefined) {
    return err('badState');
  }
  const customer =
    'customerLabel' in prepare
      ? prepare.customerLabel
      : (slot?.customerLabel ?? otc.vault.slots[0]?.customerLabel ?? '');
  return ok({
    id: 'otc.ask',
    fields: { serial: formatSerial(otc.serialNumber), operation: prepare.tag, customer },
  });
}

function stage(
  crypto: Crypto,
  otc: OtcOn,
  prepare: PrepareBody,
): Result<{ readonly device: OtcOn; readonly operation: StagedOperation }, WireErrorName> {
  switch (prepare.tag) {
    case 'bind':
    case 'reset':
    case 'rekey':
      return ok(stagePairingOperation(crypto, otc, prepare));
    case 'unlock':
      return ok({ device: otc, operation: { staged: new Uint8Array(0) } });
    case 'revoke':
      return ok({ device: otc, operation: { staged: Uint8Array.of(prepare.slot) } });
    default:
      return err('unsupported');
  }
}

/** Makes eight prekeys. They count from COMMIT on; a discarded block leaves nothing behind. */
function stagePairingOperation(
  crypto: Crypto,
  otc: OtcOn,
  prepare: PairingPrepare,
): { readonly device: OtcOn; readonly operation: StagedOperation } {
  const { vault, identity } = otc;
  const secrets = boardRandom(crypto, otc.board, 32 * PREKEY_COUNT);
  const nonce = boardRandom(crypto, secrets.board, 12);
  const { slot, keyId, serverKey, hintKey, label, customerLabel } = prepare;
  const firstPrekeyId = vault.nextPrekeyId;
  const staged = sealStagedPairing(crypto, {
    stagingKey: vault.stagingKey,
    nonce: nonce.bytes,
    staged: {
      slot,
      keyId,
      serverKey,
      hintKey,
      label,
      customerLabel,
      firstPrekeyId,
      prekeySecrets: secrets.bytes,
    },
  });
  const block = signPrekeys(crypto, {
    identitySecret: identity.ed25519Secret,
    serial: otc.serialNumber,
    firstId: firstPrekeyId,
    secrets: Array.from({ length: PREKEY_COUNT }, (_, index) =>
      secrets.bytes.slice(32 * index, 32 * index + 32),
    ),
  });
  const prekeys = { firstPrekeyId, publicKeys: block.publics, signature: block.signature };
  return { device: { ...otc, board: nonce.board }, operation: { staged, prekeys } };
}

function applied(
  crypto: Crypto,
  vault: Vault,
  job: {
    readonly operation: number;
    readonly seedEpoch: number;
    readonly staged: Uint8Array;
    readonly stagingKey: Uint8Array;
  },
): Vault {
  const { operation, seedEpoch, stagingKey } = job;
  if (operation === OPERATIONS.unlock) return withUnlock(vault, seedEpoch);
  if (operation === OPERATIONS.revoke) return withoutSlot(vault, { slot: job.staged[0] ?? 0, seedEpoch });
  const staged = openStagedPairing(crypto, { stagingKey: vault.stagingKey, sealed: job.staged });
  assert(staged !== undefined, 'the vault opens what it staged');
  return withPairingOperation(vault, { staged, seedEpoch, stagingKey });
}

/** What a person was doing refers to keys and tries of before: the token goes home, and locks as little as before. */
function settled(otc: OtcOn): OtcOn {
  const tries = readTries(otc.board, otc.vault.triesEpoch);
  const rest = lockAtRest({ vault: otc.vault, tries });
  const lock = otc.lock === 'UNLOCKED' ? 'UNLOCKED' : rest;
  const changed = { ...otc, tries, lock };
  return otc.ready && otc.language !== undefined ? { ...changed, phase: homePhase(changed) } : changed;
}
