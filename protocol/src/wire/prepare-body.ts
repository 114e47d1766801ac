import type { LayoutError, Result } from '../bytes/index.ts';
import { assertNever, err, ok } from '../bytes/index.ts';
import type { PreparePairing } from './prepare-pairing.ts';
import { preparePairingLayout } from './prepare-pairing.ts';
import type { PrepareProvision } from './prepare-provision.ts';
import { OTP_ALGORITHMS, OTP_MODES, prepareProvisionLayout } from './prepare-provision.ts';
import type { PrepareRevoke } from './prepare-revoke.ts';
import { prepareRevokeLayout } from './prepare-revoke.ts';
import type { PrepareUnlock } from './prepare-unlock.ts';
import { prepareUnlockLayout } from './prepare-unlock.ts';

/** The operation that a PREPARE body asks for; the ticket beside it names the same one. */
export type PrepareBody =
  | ({ readonly tag: 'provision' } & PrepareProvision)
  | ({ readonly tag: 'bind' } & PreparePairing)
  | ({ readonly tag: 'reset' } & PreparePairing)
  | ({ readonly tag: 'rekey' } & PreparePairing)
  | ({ readonly tag: 'unlock' } & PrepareUnlock)
  | ({ readonly tag: 'revoke' } & PrepareRevoke);

/** Why bytes are not the PREPARE body of an operation. */
export type PrepareError =
  | LayoutError
  | {
      readonly code: 'bad_value';
      readonly field: 'algorithm' | 'mode' | 'digits' | 'stepSeconds';
      readonly found: number;
    };

/** The bytes that the READY MAC covers and that follow the ticket in the third handshake message. */
export function encodePrepare(prepare: PrepareBody): Uint8Array {
  switch (prepare.tag) {
    case 'provision':
      return prepareProvisionLayout.encode(prepare);
    case 'bind':
    case 'reset':
    case 'rekey':
      return preparePairingLayout.encode(prepare);
    case 'unlock':
      return prepareUnlockLayout.encode(prepare);
    case 'revoke':
      return prepareRevokeLayout.encode(prepare);
    default:
      return assertNever(prepare);
  }
}

/**
 * Reads a PREPARE body as that of `operation`, which the caller takes from the verified ticket: the body does not say
 * it again, so the two cannot disagree. Total.
 */
export function decodePrepare(
  operation: PrepareBody['tag'],
  body: Uint8Array,
): Result<PrepareBody, PrepareError> {
  switch (operation) {
    case 'provision':
      return decodeProvision(body);
    case 'bind':
    case 'reset':
    case 'rekey': {
      const decoded = preparePairingLayout.decode(body);
      return decoded.ok ? ok({ tag: operation, ...decoded.value }) : decoded;
    }
    case 'unlock': {
      const decoded = prepareUnlockLayout.decode(body);
      return decoded.ok ? ok({ tag: 'unlock', ...decoded.value }) : decoded;
    }
    case 'revoke': {
      const decoded = prepareRevokeLayout.decode(body);
      return decoded.ok ? ok({ tag: 'revoke', ...decoded.value }) : decoded;
    }
    default:
      return assertNever(operation);
  }
}

function decodeProvision(body: Uint8Array): Result<PrepareBody, PrepareError> {
  const decoded = prepareProvisionLayout.decode(body);
  if (!decoded.ok) return decoded;
  const { algorithm, mode, digits, stepSeconds } = decoded.value;
  if (algorithm !== OTP_ALGORITHMS.sha1 && algorithm !== OTP_ALGORITHMS.sha256) {
    return err({ code: 'bad_value', field: 'algorithm', found: algorithm });
  }
  if (mode !== OTP_MODES.hotp && mode !== OTP_MODES.totp) {
    return err({ code: 'bad_value', field: 'mode', found: mode });
  }
  if (digits < 6 || digits > 8) return err({ code: 'bad_value', field: 'digits', found: digits });
  // A step without a clock, or a clock without a step, would be two spellings of one thing or of nothing.
  if ((mode === OTP_MODES.totp) !== stepSeconds > 0) {
    return err({ code: 'bad_value', field: 'stepSeconds', found: stepSeconds });
  }
  return ok({ tag: 'provision', ...decoded.value });
}
