/**
 * Every error that the ceremony can end with. `exit` is the exit status of the command line, `retry` whether the same
 * command may help, `safe` whether the token may be handed out or put back as it is. The three sentences of each stand in
 * the catalogue of the command line. Spec: docs/spec/provisioning.md, "Errors".
 */
export const OPERATOR_ERRORS = {
  PORT_NOT_FOUND: { exit: 10, retry: true, safe: true },
  PORT_PERMISSION: { exit: 10, retry: true, safe: true },
  PORT_BUSY: { exit: 10, retry: true, safe: true },
  PORT_LOST: { exit: 10, retry: true, safe: true },
  NO_ANSWER: { exit: 20, retry: true, safe: true },
  NOT_A_TOKEN: { exit: 20, retry: false, safe: true },
  VERSION: { exit: 20, retry: false, safe: true },
  NOISE: { exit: 20, retry: true, safe: true },
  ATTEST_FAILED: { exit: 30, retry: false, safe: false },
  ATTEST_REVOKED: { exit: 30, retry: false, safe: false },
  AUTH_REJECTED: { exit: 30, retry: false, safe: false },
  TAMPER: { exit: 30, retry: false, safe: false },
  WRONG_DEVICE: { exit: 40, retry: false, safe: true },
  ALREADY_PROVISIONED: { exit: 40, retry: false, safe: true },
  ROLLBACK: { exit: 40, retry: false, safe: false },
  STORAGE: { exit: 40, retry: true, safe: true },
  TOKEN_REFUSED: { exit: 40, retry: true, safe: true },
  UNPLUGGED_SAFE: { exit: 50, retry: true, safe: true },
  IN_DOUBT: { exit: 50, retry: true, safe: false },
  SERVER_DOWN: { exit: 60, retry: true, safe: true },
  SERVER_REFUSED: { exit: 60, retry: false, safe: true },
  QUEUE_FULL: { exit: 60, retry: true, safe: true },
  SIGN_IN: { exit: 4, retry: true, safe: true },
  NOT_ALLOWED: { exit: 4, retry: false, safe: true },
  WAITS_FOR_APPROVAL: { exit: 5, retry: true, safe: true },
  INTERRUPTED: { exit: 130, retry: true, safe: true },
} as const;

export type OperatorErrorId = keyof typeof OPERATOR_ERRORS;

/** An error as data: its id and the values that its sentences need; never a secret. */
export type OperatorError = {
  readonly id: OperatorErrorId;
  readonly fields: Readonly<Record<string, string | number>>;
};

export function isOperatorErrorId(id: string): id is OperatorErrorId {
  return Object.hasOwn(OPERATOR_ERRORS, id);
}

/** The world said no: what an adapter throws. */
export class ProvisioningFailure extends Error {
  readonly error: OperatorError;
  constructor(error: OperatorError, options?: ErrorOptions) {
    super(error.id, options);
    this.name = 'ProvisioningFailure';
    this.error = error;
  }
}
