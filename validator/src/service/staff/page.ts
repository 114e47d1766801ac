/** Most records that one answer lists. */
const PAGE_MAX = 500;

/** A store query for one page of a kind. */
export function pageOf<K extends string>(
  kind: K,
  page: { readonly afterId?: string; readonly limit: number },
): { readonly kind: K; readonly afterId?: string; readonly limit: number } {
  const limit = Math.max(1, Math.min(PAGE_MAX, Math.floor(page.limit)));
  return page.afterId === undefined ? { kind, limit } : { kind, afterId: page.afterId, limit };
}
