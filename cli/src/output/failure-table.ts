/**
 * The one table from error id to exit status. The tens are those of docs/spec/provisioning.md: 10 port, 20 link,
 * 30 trust, 40 state, 50 interrupted, 60 server, 70 batch; 0 ok, 1 internal, 2 usage, 3 the answer is no,
 * 4 sign in or not allowed, 5 waits for approval, 130 stopped by the person.
 */
export const EXIT_CODES = {
  INTERNAL: 1,
  USAGE: 2,
  CONFIG_INVALID: 2,
  FILE_NOT_FOUND: 2,
  FILE_UNREADABLE: 2,
  FILE_NOT_WRITTEN: 2,
  NOT_A_TERMINAL: 2,
  SEVERAL_DEVICES: 2,
  UNKNOWN_ERROR_ID: 2,
  BAD_REQUEST: 2,
  TOO_LARGE: 2,

  REFUSED: 3,
  PIN_REFUSED: 3,
  NO_NEW_PIN: 3,
  AUDIT_BROKEN: 3,
  PICTURE_UNREADABLE: 3,
  LAW_FAILED: 3,
  TRACE_DIVERGED: 3,
  DEMO_FAILED: 3,
  NOT_FOUND: 3,
  DOCTOR_FOUND: 3,
  SELF_CHECK_FAILED: 3,

  SIGN_IN: 4,
  NOT_ALLOWED: 4,
  WRONG_PASSWORD: 4,

  WAITS_FOR_APPROVAL: 5,

  PORT_NOT_FOUND: 10,
  PORT_PERMISSION: 10,
  PORT_BUSY: 10,
  PORT_LOST: 10,
  NO_DEVICE: 10,

  NO_ANSWER: 20,
  NOT_A_TOKEN: 20,
  VERSION: 20,
  NOISE: 20,

  ATTEST_FAILED: 30,
  ATTEST_REVOKED: 30,
  AUTH_REJECTED: 30,
  TAMPER: 30,

  WRONG_DEVICE: 40,
  ALREADY_PROVISIONED: 40,
  ROLLBACK: 40,
  STORAGE: 40,
  TOKEN_REFUSED: 40,

  UNPLUGGED_SAFE: 50,
  IN_DOUBT: 50,

  SERVER_DOWN: 60,
  SERVER_REFUSED: 60,
  QUEUE_FULL: 60,
  STORE_LOCKED: 60,
  STORE_READ_ONLY: 60,
  STORE_NEWER: 60,
  STORE_CORRUPT: 60,
  STORE_PERMISSION: 60,
  STORE_MISSING: 60,
  STORE_FULL: 60,
  STORE_ROLLED_BACK: 60,
  STORE_CLOSED: 60,
  STORE_FAILED: 60,
  KEY_FILE_PERMISSION: 60,
  KEY_FILE_DAMAGED: 60,
  KEY_FILE_MISSING: 60,
  AUTHORITY_MISSING: 60,
  AUTHORITY_WRONG: 60,
  NO_DEV_DIRECTORY: 60,
  TARGET_UNUSABLE: 60,
  DATA_IS_DEV: 60,
  DATA_IS_NOT_DEV: 60,
  ADDRESS_IN_USE: 60,
  ADDRESS_NOT_LOCAL: 60,
  ADDRESS_REFUSED: 60,
  FIRST_START_FAILED: 60,

  BATCH: 70,

  NO_SUCH_TOKEN: 40,
  TOKEN_RUNNING: 40,
  NO_PSEUDO_TERMINAL: 10,

  INTERRUPTED: 130,
} as const;

export type FailureId = keyof typeof EXIT_CODES;

/** The exit status of an id; an id that the table does not know is our own fault and exits 1. */
export function exitCodeOf(id: string): number {
  return isFailureId(id) ? EXIT_CODES[id] : 1;
}

export function isFailureId(id: string): id is FailureId {
  return Object.hasOwn(EXIT_CODES, id);
}
