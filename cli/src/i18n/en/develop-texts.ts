/** Sentences of the commands for those who develop and test. `{name}` is filled in. */
export const developTexts = {
  'ask.digits': 'Digits to type (not shown):',
  'sim.none': 'No virtual token yet. "chiavetta sim run NAME --kind fob" makes one.',
  'sim.detached': 'It goes on in the background; "chiavetta sim stop {name}" ends it.',
} as const;
