/** The origin of an http or https URL; `undefined` for any other text. */
export function httpOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && ['http:', 'https:'].includes(url.protocol) ? url.origin : undefined;
}
