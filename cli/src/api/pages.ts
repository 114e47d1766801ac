import { Failure } from '../output/failure.ts';
import type { StaffClient } from './operator-session.ts';

const PAGE_COUNT = 500;
/** Half a million entries: more is no list for a terminal. */
const PAGES_MAX = 1_000;

/** All pages of a list. @throws Failure SERVER_REFUSED when it does not end */
export async function everyPage<Item>(
  client: StaffClient,
  list: {
    readonly path: string;
    /** The field of the answer that holds the items. */
    readonly name: string;
    /** What the next page comes after. */
    readonly idOf: (item: Item) => string;
  },
): Promise<readonly Item[]> {
  const { path, name, idOf } = list;
  const items: Item[] = [];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const last = items.at(-1);
    const after = last === undefined ? '' : `&afterId=${encodeURIComponent(idOf(last))}`;
    const answer: Readonly<Record<string, readonly Item[]>> = await client.get(
      `${path}?limit=${PAGE_COUNT}${after}`,
    );
    const found = answer[name] ?? [];
    items.push(...found);
    if (found.length < PAGE_COUNT) return items;
  }
  throw new Failure('SERVER_REFUSED', { reason: `the list ${path} does not end.` });
}
