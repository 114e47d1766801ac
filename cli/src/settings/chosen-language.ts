/** What can say the language of the texts: an option, the environment, the settings file. */
export type LanguageWishes = {
  readonly typed?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly inFile?: string | undefined;
};

/**
 * The first wish that is among the known languages: `--lang`, then the locale of LC_ALL, else LANG (`en_GB.UTF-8` says
 * `en`), then the file. The first known language where none is. Only texts change with it.
 */
export function chosenLanguage<Language extends string>(
  known: readonly [Language, ...Language[]],
  { typed, env, inFile }: LanguageWishes,
): Language {
  const [fallback] = known;
  const wishes = [typed, localeLanguage(env['LC_ALL'] || env['LANG']), inFile];
  return wishes.map((wish) => known.find((each) => each === wish)).find(isWished) ?? fallback;
}

/** The language of a POSIX locale: what stands before the country, the character set and the variant. */
function localeLanguage(locale: string | undefined): string | undefined {
  return locale?.split(/[_.@]/u)[0]?.toLowerCase();
}

function isWished<Language>(wish: Language | undefined): wish is Language {
  return wish !== undefined;
}
