import type { VirtualToken } from '@chiavetta/firmware-sim';

/** Presses a fob's button for a new code; `undefined` when its display shows none. */
export function pressForCode(fob: VirtualToken): string | undefined {
  // A press while something shows only turns it off.
  if (fob.screen().id !== 'fob.dark') fob.press('button');
  const { screen } = fob.press('button');
  const code = screen.fields['code'];
  return screen.id === 'fob.code' && code !== undefined ? String(code) : undefined;
}

/** The codes of a fob that nobody pressed yet, by counter: each is read from the display once. */
export function codesOf(fob: VirtualToken): (counter: number) => string {
  const codes: string[] = [];
  return (counter) => {
    while (codes.length <= counter) codes.push(pressForCode(fob) ?? '');
    return codes[counter] ?? '';
  };
}
