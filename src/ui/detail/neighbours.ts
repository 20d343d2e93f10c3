// The tasks before and after one, in the list that it was opened from.

import type { Runner } from '../../runner/index.ts';
import type { ListQuery } from '../../task/index.ts';

const PER_PAGE = 1_000;
/** Nobody walks through more by hand; looking further would only keep the engine from its work. */
const MOST_PAGES = 10;

/** The id of the next task of a list, or of the one before. `undefined`: there is none. `null`: it is not in the list. */
export async function neighbourOf(
  runner: Runner,
  query: ListQuery,
  id: string,
  step: 1 | -1,
): Promise<string | undefined | null> {
  let before: string | undefined;
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { tasks, nextCursor } = await runner.list({ ...query, limit: PER_PAGE, ...(cursor !== null && { cursor }) });
    const ids = tasks.map((task) => task.id as string);
    if (step === 1 && before === id) return ids[0];
    const at = ids.indexOf(id);
    if (at !== -1 && step === -1) return ids[at - 1] ?? before;
    if (at !== -1 && at < ids.length - 1) return ids[at + 1];
    before = ids.at(-1);
    if (nextCursor === null) return at === -1 ? null : undefined;
    cursor = nextCursor;
  }
  return null;
}
