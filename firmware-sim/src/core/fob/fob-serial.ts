import { assert, err, ok } from '@chiavetta/protocol/bytes';
import { formatSerial, MODEL_FOB, OPERATIONS, readCertificate } from '@chiavetta/protocol/keys';
import type { Crypto } from '@chiavetta/protocol/ports';
import { CAPABILITIES, OTP_ALGORITHMS, OTP_MODES } from '@chiavetta/protocol/wire';
import type { FobProfile } from '../../profiles/fob.ts';
import type { SerialDevice } from '../serial/index.ts';
import { decodeStagedSeed, encodeStagedSeed, FOB_FLASH, planSeed, readSeedInfo } from './fob-records.ts';
import type { FobOn } from './fob-state.ts';

const FOB_CAPABILITIES = { hotp: CAPABILITIES.eventCodes, totp: CAPABILITIES.clockCodes } as const;

/** What the serial core asks of a fob. Only PROVISION reaches a fob; its BIND changes the validator alone. */
export function fobSerialDevice(crypto: Crypto, profile: FobProfile): SerialDevice<FobOn> {
  return {
    map: FOB_FLASH,
    frameLimitBytes: profile.frameLimitBytes,
    identity: ({ identity }) => {
      const certificate = readCertificate(identity.certificate);
      assert(certificate.ok, 'the certificate was read at power-on');
      return {
        serial: certificate.value.serial,
        model: MODEL_FOB,
        firmware: certificate.value.firmware,
        capabilities: FOB_CAPABILITIES[profile.mode],
        opTimeMs: profile.opTimeMs,
        certificate: identity.certificate,
        x25519Secret: identity.x25519Secret,
        anchorPublicKey: identity.anchorPublicKey,
      };
    },
    appliedEpoch: (fob) => readSeedInfo(fob.board)?.seedEpoch ?? 0,
    review: (fob, { prepare }) => {
      if (prepare.tag !== 'provision' || prepare.mode !== OTP_MODES[profile.mode]) return err('unsupported');
      if (fob.battery === 'brownout') return err('storage');
      const certificate = readCertificate(fob.identity.certificate);
      assert(certificate.ok, 'the certificate was read at power-on');
      return ok({ id: 'fob.ask', fields: { serialEnd: formatSerial(certificate.value.serial).slice(-6) } });
    },
    seedBytes: (prepare) => {
      if (prepare.tag !== 'provision') return 0;
      return prepare.algorithm === OTP_ALGORITHMS.sha1 ? 20 : 32;
    },
    stage: (fob, { prepare }, seed) => {
      if (prepare.tag !== 'provision') return err('unsupported');
      return ok({ device: fob, operation: { staged: encodeStagedSeed({ ...prepare, seed }) } });
    },
    apply: (fob, transaction) => {
      const staged = decodeStagedSeed(transaction.staged);
      assert(
        staged !== undefined && transaction.operation === OPERATIONS.provision,
        'a fob stages seeds only',
      );
      const planned = planSeed(crypto, fob.board, { ...staged, seedEpoch: transaction.seedEpoch });
      return { device: { ...fob, board: planned.board }, ops: planned.ops };
    },
  };
}
