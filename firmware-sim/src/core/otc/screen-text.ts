import type { Screen } from '../device.ts';

/** Columns and lines of the OTC token's display. */
export const OTC_DISPLAY = { columns: 20, lines: 4 } as const;

type Fields = Screen['fields'];

/** Screens whose words never change. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  off: [],
  'otc.damaged': ['TOKEN DAMAGED', 'TAKE IT TO THE BANK'],
  'otc.wait': ['PLEASE WAIT'],
  'otc.language': ['LINGUA/LANGUAGE', '1 ITALIANO', '2 ENGLISH', '3 DEUTSCH'],
  'otc.ready': ['READY', 'PRESS SCAN'],
  'otc.continue': ['CONTINUE PAIRING', 'SCAN 2ND PICTURE', 'OK: SHOW 10 DIGITS', 'CLEAR: LATER'],
  'otc.scanning': ['POINT THE CAMERA', 'AT THE PICTURE', '10-20 CM AWAY'],
  'otc.pin.weak': ['THIS PIN IS NOT SAFE', 'CHOOSE ANOTHER ONE', 'OK'],
  'otc.pin.mismatch': ['THE TWO PINS ARE', 'NOT THE SAME', 'CHOOSE AGAIN: OK'],
  'otc.picture.none': ['NO PICTURE', 'PRESS SCAN', 'TO TRY AGAIN'],
  'otc.picture.unreadable': ['CANNOT READ THIS', 'PICTURE', 'PRESS SCAN', 'TO TRY AGAIN'],
  'otc.picture.foreign': ['THIS IS NOT', 'A PICTURE OF', 'YOUR BANK'],
  'otc.picture.another': ['PICTURE NOT VALID', 'FOR THIS TOKEN:', 'START AGAIN ON', "THE BANK'S PAGE"],
  'otc.picture.unbound': ['TOKEN NOT BOUND', 'TO AN ACCOUNT:', 'ASK YOUR BRANCH'],
  'otc.picture.unpaired': ['NOT PAIRED YET', 'SCAN THE FIRST', 'PICTURE FIRST'],
  'otc.picture.old-keys': ['PICTURE OF AN OLD', 'PAIRING: START', 'AGAIN ON THE', "BANK'S PAGE"],
  'otc.picture.used': ['OLD PICTURE', 'START AGAIN ON', "THE BANK'S PAGE"],
  'otc.picture.too-far': ['PICTURE TOO FAR', 'AHEAD: ASK YOUR', 'BRANCH'],
  'otc.picture.old-pairing': ['OLD PAIRING PICTURE', 'START THE PAIRING', 'AGAIN ON THE', "BANK'S PAGE"],
  'otc.picture.server-key': ['UNKNOWN BANK KEY', 'ASK YOUR BRANCH'],
  'otc.picture.pin-missing': ['NO PIN CHOSEN YET', 'ASK YOUR BRANCH'],
  'otc.picture.blocked': ['PIN BLOCKED', 'ASK YOUR BRANCH'],
  'otc.picture.invalid': ['PICTURE NOT VALID', 'START AGAIN ON', "THE BANK'S PAGE"],
  'otc.picture.unsupported': ['NOT SUPPORTED BY', 'THIS FIRMWARE', 'VERSION'],
};

/** Screens with something to fill in. */
const FILLED: Readonly<Record<string, (fields: Fields) => readonly string[]>> = {
  'otc.boot': ({ firmware, battery }) => [
    `FIRMWARE ${firmware}`,
    ...(battery === 'low' ? ['BATTERY LOW'] : []),
  ],
  'otc.info': ({ serial, firmware, battery, slots }) => [
    `SERIAL ${serial}`,
    `FIRMWARE ${firmware}`,
    `BATTERY ${battery}`.toUpperCase(),
    `ACCOUNTS ${slots}`,
  ],
  'otc.pin': ({ typed, reason }) => [
    reason === 'picture' ? 'PICTURE READ' : 'TOKEN LOCKED',
    'TYPE YOUR PIN',
    dots(typed),
    reason === 'unlock' ? 'OK, OR SCAN FIRST' : 'OK',
  ],
  'otc.pin.wrong': ({ left }) => [`WRONG PIN - ${left} LEFT`, 'OK'],
  'otc.pin.choose': ({ typed }) => ['CHOOSE A NEW PIN', '5 DIGITS', dots(typed), 'OK'],
  'otc.pin.confirm': ({ typed }) => ['TYPE THE NEW PIN', 'AGAIN', dots(typed), 'OK'],
  'otc.blocked': ({ lockCode }) => [
    'TOKEN BLOCKED',
    'LOCK CODE',
    groups(lockCode, [4, 4]),
    'ASK YOUR BRANCH',
  ],
  'otc.pair.intro': ({ label, serial }) => ['PAIR WITH', String(label), `SERIAL ${serial}`, 'OK / CLEAR'],
  'otc.pair.code': ({ code }) => [
    'TYPE ON THE PAGE',
    groups(code, [3, 3, 4]),
    'THEN OK: SCAN THE',
    '2ND PICTURE',
  ],
  'otc.pair.finish': ({ code }) => ['TYPE ON THE PAGE', groups(code, [3, 3]), 'THE PAIRING ENDS', 'OK'],
  'otc.login': ({ label, text }) => [`LOGIN ${label}`, ...wrap(String(text)), 'OK: SHOW CODE'],
  'otc.login.code': ({ code }) => ['LOGIN CODE', groups(code, [3, 3]), 'OK'],
  'otc.ask': ({ serial, operation, customer }) => [
    String(serial),
    `${OPERATION_WORDS[String(operation)] ?? operation}?`,
    String(customer),
    'OK / CLEAR',
  ],
};

const OPERATION_WORDS: Readonly<Record<string, string>> = {
  bind: 'BIND TO CUSTOMER',
  reset: 'RESET PIN',
  rekey: 'RENEW KEYS',
  unlock: 'UNLOCK',
  revoke: 'REMOVE CUSTOMER',
};

/**
 * The words of an OTC screen in English: at most 4 lines of 20 characters. `undefined` for a screen of another device.
 */
export function otcScreenText(screen: Screen): readonly string[] | undefined {
  const lines = FIXED[screen.id] ?? FILLED[screen.id]?.(screen.fields);
  return lines?.slice(0, OTC_DISPLAY.lines).map((line) => line.slice(0, OTC_DISPLAY.columns));
}

/** Ids of all screens that have words. */
export const OTC_SCREEN_IDS: readonly string[] = [...Object.keys(FIXED), ...Object.keys(FILLED)];

function dots(typed: string | number | undefined): string {
  return '*'.repeat(Number(typed ?? 0)).padEnd(5, '_');
}

function groups(code: string | number | undefined, sizes: readonly number[]): string {
  const digits = String(code ?? '');
  let at = 0;
  return sizes
    .map((size) => {
      at += size;
      return digits.slice(at - size, at);
    })
    .join(' ');
}

/** A text of at most 24 characters in one or two lines. */
function wrap(text: string): readonly string[] {
  const { columns } = OTC_DISPLAY;
  return text.length <= columns ? [text] : [text.slice(0, columns), text.slice(columns)];
}
