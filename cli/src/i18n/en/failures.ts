// Longer than 300 lines because it is one table, an entry an id.
import type { FailureSentences } from '../../output/failure-sentences.ts';
import type { FailureId } from '../../output/failure-table.ts';

const NOTHING_TOUCHED = 'No token was touched.';

/** What happened, is the token safe, what to do next: for every id of the failure table. */
export const failureTexts: Readonly<Record<FailureId, FailureSentences>> = {
  INTERNAL: {
    what: 'The program met a case that it does not know ({id}).',
    safe: 'A token on the cable keeps its last complete state.',
    next: 'Run "chiavetta doctor --report FILE" and send the file to your support.',
  },
  USAGE: {
    what: '{sentence}',
    safe: NOTHING_TOUCHED,
    next: 'Add --help to the command to see how it is used.',
  },
  CONFIG_INVALID: {
    what: 'The setting {name} in {origin} is not valid: {reason}',
    safe: NOTHING_TOUCHED,
    next: 'Correct it; "chiavetta config path" shows where the settings come from.',
  },
  FILE_NOT_FOUND: {
    what: 'There is no file {path}.',
    safe: NOTHING_TOUCHED,
    next: 'Check the path and run the command again.',
  },
  FILE_UNREADABLE: {
    what: 'The file {path} could not be read: {reason}',
    safe: NOTHING_TOUCHED,
    next: 'Check the file and its permissions and run the command again.',
  },
  FILE_NOT_WRITTEN: {
    what: 'The file {path} could not be made: {reason}',
    safe: NOTHING_TOUCHED,
    next: 'Name a file that does not exist yet, in a folder that you may write to.',
  },
  NOT_A_TERMINAL: {
    what: 'An answer is needed ("{question}") and there is no terminal to ask at.',
    safe: NOTHING_TOUCHED,
    next: 'Run it in a terminal, or give answers as lines of standard input with --stdin, and --yes for confirmations.',
  },
  SEVERAL_DEVICES: {
    what: 'Several devices are connected: {list}',
    safe: NOTHING_TOUCHED,
    next: 'Name one with --port PATH or --serial SERIAL, or a virtual one with --token NAME.',
  },
  UNKNOWN_ERROR_ID: { what: 'There is no error id {wanted}.', safe: '', next: 'The ids are: {list}' },
  BAD_REQUEST: {
    what: 'What was sent has not the form that the validator takes: {reason}',
    safe: 'Nothing was changed.',
    next: 'Correct it; the document at /openapi.json of the validator says what each request looks like.',
  },
  TOO_LARGE: {
    what: 'What was sent is larger than the validator takes.',
    safe: 'Nothing was changed.',
    next: 'Check that it is the right file.',
  },
  REFUSED: {
    what: 'Not accepted.',
    safe: 'Nothing was opened.',
    next: 'Check User Code, PIN and code and start again with a new code. If your key fob was pressed many times, give two codes in a row. After several wrong tries the codes block: then go to your branch or ask your referente.',
  },
  PIN_REFUSED: {
    what: 'This PIN is not taken: {reason}',
    safe: 'The old PIN stays.',
    next: 'Choose another one: 5 to 8 digits, no sequence, none that you had before.',
  },
  NO_NEW_PIN: {
    what: '{done} No new PIN was chosen: {reason}',
    safe: 'The PIN that came by mail still stands.',
    next: 'Run "chiavetta portal login" and sign in with it to choose your own.',
  },
  AUDIT_BROKEN: {
    what: 'The audit log was changed: {finding}',
    safe: 'Tokens keep working; what the log says from that entry on cannot be trusted.',
    next: 'Keep this copy, take the validator out of service and call your security officer.',
  },
  PICTURE_UNREADABLE: {
    what: 'No colour matrix was read in {path}: {reason}',
    safe: NOTHING_TOUCHED,
    next: 'Take the picture again, closer and straight, with the white border visible.',
  },
  LAW_FAILED: {
    what: 'A law of the validator does not hold: {law}',
    safe: NOTHING_TOUCHED,
    next: 'Replay it with: {replay}',
  },
  TRACE_DIVERGED: {
    what: 'The replay differs from the trace at step {step}.',
    safe: NOTHING_TOUCHED,
    next: 'The firmware behaves differently since the trace was recorded; look at the event of that step.',
  },
  DEMO_FAILED: {
    what: 'The main job failed at step {step}: {reason}',
    safe: 'Its tokens and data were its own.',
    next: 'Run "chiavetta demo --only {step} --keep" and look at the files it names.',
  },
  NOT_FOUND: {
    what: 'There is no {kind} "{wanted}".',
    safe: NOTHING_TOUCHED,
    next: 'Check the spelling; the list command shows what there is.',
  },
  DOCTOR_FOUND: {
    what: '{count} of the checks need your attention.',
    safe: NOTHING_TOUCHED,
    next: 'Each line above says what to do.',
  },
  SELF_CHECK_FAILED: {
    what: 'What was written does not read back: {reason}',
    safe: NOTHING_TOUCHED,
    next: 'Run "chiavetta doctor".',
  },
  SIGN_IN: {
    what: 'You are not signed in, or your time is over.',
    safe: NOTHING_TOUCHED,
    next: 'Run "chiavetta operator login" and try again.',
  },
  NOT_ALLOWED: {
    what: 'Your role does not allow this: {reason}',
    safe: NOTHING_TOUCHED,
    next: 'Ask a colleague with the right role.',
  },
  WRONG_PASSWORD: {
    what: 'The name or the password is not right.',
    safe: NOTHING_TOUCHED,
    next: 'Try again; after several wrong passwords the account rests for a while.',
  },
  WAITS_FOR_APPROVAL: {
    what: 'Request {request} waits for a second person.',
    safe: 'Nothing has changed yet.',
    next: 'A supervisor approves it with "chiavetta request approve {request}"; then run the same command with --request {request}.',
  },
  PORT_NOT_FOUND: {
    what: 'There is no serial port {path}.',
    safe: NOTHING_TOUCHED,
    next: 'Plug the token in and run "chiavetta device list" to see the ports.',
  },
  PORT_PERMISSION: {
    what: 'You may not open {path} (group {group}).',
    safe: NOTHING_TOUCHED,
    next: 'Run "{command}", sign out and in again, and run the same command.',
  },
  PORT_BUSY: {
    what: 'The port {path} is in use{holder}.',
    safe: NOTHING_TOUCHED,
    next: 'Close that program (ModemManager is a frequent one: see the udev rule in the documentation) and try again.',
  },
  PORT_LOST: {
    what: 'The connection to {path} was lost.',
    safe: 'The token keeps its last complete state.',
    next: 'Plug the token in again and run the same command.',
  },
  NO_DEVICE: {
    what: 'No {wanted} was found on a port of this machine.',
    safe: NOTHING_TOUCHED,
    next: 'Plug it in ("chiavetta device list" shows what is connected), or name its port with --port.',
  },
  NO_ANSWER: {
    what: 'The device on {path} does not answer.',
    safe: NOTHING_TOUCHED,
    next: 'Check cable and power, press the token once, and try again.',
  },
  NOT_A_TOKEN: {
    what: 'What is connected to {path} is not one of our tokens.',
    safe: 'Nothing was written to it.',
    next: 'Choose the right port with --port; "chiavetta device list" shows them.',
  },
  VERSION: {
    what: 'Token and program have no version of the serial protocol in common.',
    safe: 'Nothing was written to it.',
    next: 'Update this program, or ask the maker for newer firmware.',
  },
  NOISE: {
    what: 'The line to {path} is too disturbed.',
    safe: 'The token keeps its last complete state.',
    next: 'Use another cable or port and run the same command.',
  },
  ATTEST_FAILED: {
    what: 'The token could not prove that it is genuine: {reason}',
    safe: 'Nothing was written to it.',
    next: 'Put it in quarantine and tell your security officer. Do not try again.',
  },
  ATTEST_REVOKED: {
    what: 'This token was withdrawn: {reason}',
    safe: 'Nothing was written to it.',
    next: 'Put it in quarantine and tell your security officer.',
  },
  AUTH_REJECTED: {
    what: "The token does not accept this bank's authority: {reason}",
    safe: 'Nothing was written to it.',
    next: "Put it aside: it belongs to another bank or the server's keys are wrong. Tell your security officer.",
  },
  TAMPER: {
    what: 'The connection was changed by somebody, or the token was opened.',
    safe: 'The session was ended before anything was written.',
    next: 'Put the token in quarantine and tell your security officer. Do not try again.',
  },
  WRONG_DEVICE: {
    what: 'Token {found} is connected, but {expected} was expected.',
    safe: 'Nothing was written to it.',
    next: 'Connect the right token, or start again with the serial that is printed on this one.',
  },
  ALREADY_PROVISIONED: {
    what: 'Token {serial} is in use already.',
    safe: 'It stays as it is.',
    next: 'Take another token from stock, or replace this one with "chiavetta token replace".',
  },
  ROLLBACK: {
    what: 'Token {serial} knows an older state than the bank.',
    safe: 'It is not used any more.',
    next: 'Put it in quarantine: it was copied or set back.',
  },
  STORAGE: {
    what: 'The token could not write its memory.',
    safe: 'It keeps its last complete state.',
    next: 'Change its battery and try again; if it happens again, replace the token.',
  },
  TOKEN_REFUSED: {
    what: 'The token said no: {reason}',
    safe: 'It keeps its last complete state.',
    next: 'Look at its display; then run the same command again.',
  },
  UNPLUGGED_SAFE: {
    what: 'The token was unplugged before anything was decided.',
    safe: 'It is as it was.',
    next: 'Plug it in again and run the same command.',
  },
  IN_DOUBT: {
    what: 'The token was unplugged while it was being written.',
    safe: 'It is not finished: do not hand it out.',
    next: 'Plug it in again and run the same command: it finishes by itself.',
  },
  SERVER_DOWN: {
    what: 'The validator at {url} does not answer.',
    safe: 'Nothing was sent to a token.',
    next: 'Start it with "chiavetta serve", or name another with --server URL.',
  },
  SERVER_REFUSED: {
    what: 'The validator said no: {reason}',
    safe: 'Nothing was changed.',
    next: 'Correct what it names and try again.',
  },
  QUEUE_FULL: {
    what: 'The validator has too much to do at the moment.',
    safe: 'Nothing was sent to a token.',
    next: 'Wait a minute and run the same command.',
  },
  STORE_LOCKED: {
    what: 'The data is in use by another validator. {reason}',
    safe: 'Nothing was changed.',
    next: 'Stop the other one first, or give another directory with --data.',
  },
  STORE_READ_ONLY: {
    what: 'The database cannot be written. {reason}',
    safe: 'Nothing was changed.',
    next: 'Check the permissions and the free space of the disk.',
  },
  STORE_NEWER: {
    what: 'The data has a newer form than this program knows. {reason}',
    safe: 'Nothing was changed.',
    next: 'Install the newer program; an older one must not write to it.',
  },
  STORE_CORRUPT: {
    what: 'The database is damaged. {reason}',
    safe: 'Nothing was changed.',
    next: 'Keep it, and start from the last backup.',
  },
  STORE_PERMISSION: {
    what: 'The data cannot be opened, or others could read it. {reason}',
    safe: 'Nothing was changed.',
    next: 'Let all of it belong to you alone: mode 0600 for the files, mode 0700 for their folder.',
  },
  STORE_MISSING: {
    what: 'There is no data of a validator there. {reason}',
    safe: 'Nothing was changed.',
    next: 'Check the path, or name the directory with --data; "chiavetta serve" makes a new one.',
  },
  STORE_FULL: {
    what: 'The database cannot grow: the disk is full. {reason}',
    safe: 'Nothing was changed.',
    next: 'Free some space and start again.',
  },
  STORE_ROLLED_BACK: {
    what: 'The database is older than the files beside it say. {reason}',
    safe: 'It was not opened: an old copy would accept used codes again.',
    next: 'Find the newest copy of the database.',
  },
  STORE_CLOSED: {
    what: 'The database is closed. {reason}',
    safe: 'Nothing was changed.',
    next: 'Start the validator again.',
  },
  STORE_FAILED: {
    what: 'The database failed while it was written. {reason}',
    safe: 'What was answered before is safe; the last act may or may not be stored.',
    next: 'Check the disk, start the validator again and look at what was stored.',
  },
  KEY_FILE_DAMAGED: {
    what: 'The key file {path} is not what it should be.',
    safe: 'Nothing was changed.',
    next: 'Restore the file from the last good backup.',
  },
  KEY_FILE_MISSING: {
    what: 'The key file {path} is missing, and a new key would not open what is stored.',
    safe: 'Nothing was changed.',
    next: 'Restore the file from the last good backup.',
  },
  AUTHORITY_MISSING: {
    what: "The bank's authority certificate {path} is missing: no token would believe this validator.",
    safe: NOTHING_TOUCHED,
    next: 'Have the bank certify the keys in {request}; its certificate belongs at {path}, its public key beside it as anchor.key, both mode 0600. To try it out, run "chiavetta serve --dev".',
  },
  AUTHORITY_WRONG: {
    what: 'The authority certificate {path} does not certify the keys of this validator.',
    safe: NOTHING_TOUCHED,
    next: 'Have the bank certify the keys of this directory.',
  },
  KEY_FILE_PERMISSION: {
    what: 'The key file {path} may be read by others ({mode}).',
    safe: 'Nothing was changed.',
    next: 'Correct it with: chmod 600 "{path}"',
  },
  TARGET_UNUSABLE: {
    what: 'No law can be asked of the target. {reason}',
    safe: NOTHING_TOUCHED,
    next: '{advice}',
  },
  NO_DEV_DIRECTORY: {
    what: 'There is no test maker in {path}.',
    safe: 'Nothing was made.',
    next: 'Start "chiavetta serve --dev" once in another terminal (with the same --data, if you give one); then run this again.',
  },
  DATA_IS_DEV: {
    what: '{path} was made by "serve --dev": its keys are for tests only.',
    safe: 'Nothing was changed.',
    next: 'Use "serve --dev" for it, or another directory for real tokens.',
  },
  DATA_IS_NOT_DEV: {
    what: '{path} holds a real validator.',
    safe: 'Nothing was changed.',
    next: 'Use another directory for "serve --dev".',
  },
  ADDRESS_IN_USE: {
    what: 'Another program listens on {address}.',
    safe: 'Nothing was changed.',
    next: 'Choose another port with --port.',
  },
  ADDRESS_NOT_LOCAL: {
    what: 'The address {address} can be reached from other machines, and the validator speaks plain HTTP.',
    safe: 'Nothing was started.',
    next: 'Leave --listen away, or add --behind-tls-proxy if a TLS proxy stands before it; never with --dev.',
  },
  ADDRESS_REFUSED: {
    what: 'This machine does not let the validator listen on {address}.',
    safe: 'Nothing was started.',
    next: 'Check the address and the port; ports below 1024 need a permission.',
  },
  FIRST_START_FAILED: {
    what: 'The first operators could not be added: {reason}',
    safe: 'Nothing was started.',
    next: 'Start again with an empty data directory.',
  },
  BATCH: {
    what: '{failed} of {total} tokens failed.',
    safe: 'Each line above says how that token is.',
    next: 'Run the command again for those.',
  },
  NO_SUCH_TOKEN: {
    what: 'No virtual token "{name}" is running.',
    safe: NOTHING_TOUCHED,
    next: '"chiavetta sim list" shows those that run; "chiavetta sim run {name}" starts one.',
  },
  TOKEN_RUNNING: {
    what: 'A virtual token "{name}" runs already.',
    safe: 'It goes on.',
    next: 'Use it, stop it with "chiavetta sim stop {name}", or choose another name.',
  },
  NO_PSEUDO_TERMINAL: {
    what: 'This machine gives no pseudo-terminal: {reason}',
    safe: NOTHING_TOUCHED,
    next: 'Install socat, or check the limits of /dev/pts.',
  },
  INTERRUPTED: {
    what: 'Stopped.',
    safe: 'A token on the cable keeps its last complete state.',
    next: 'Run the same command to go on.',
  },
};
