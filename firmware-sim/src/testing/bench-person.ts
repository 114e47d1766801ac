import type { VirtualToken } from '../runtime/virtual-token.ts';

/** The PIN that a bench person chooses unless told. */
export const BENCH_PIN = '40617';

/** Switches an OTC token on and gets past the language and the firmware version. */
export function wakeOtc(token: VirtualToken): string {
  if (token.screen().id === 'off') token.press('power');
  if (token.screen().id === 'otc.language') token.press('2');
  if (token.screen().id === 'otc.boot') token.press('ok');
  return token.screen().id;
}

/** Switches a token off and on again. */
export function restartOtc(token: VirtualToken): string {
  if (token.screen().id !== 'off') token.press('power');
  return wakeOtc(token);
}

/** Types a PIN and confirms it; returns the id of the screen that follows. */
export function givePin(token: VirtualToken, pin: string = BENCH_PIN): string {
  token.type(pin);
  return token.press('ok').screen.id;
}

/** Agrees to the pairing on the display and chooses a PIN; returns the 10 digits, if the token shows them. */
export function choosePin(token: VirtualToken, pin: string = BENCH_PIN): string | undefined {
  token.press('ok');
  givePin(token, pin);
  givePin(token, pin);
  return codeOn(token);
}

/** The code on the display, if there is one. */
export function codeOn(token: VirtualToken): string | undefined {
  const code = token.screen().fields['code'];
  return code === undefined ? undefined : String(code);
}

/** Goes from the text of a login to its code. */
export function confirmLogin(token: VirtualToken): string | undefined {
  if (token.screen().id !== 'otc.login') return undefined;
  token.press('ok');
  return codeOn(token);
}
