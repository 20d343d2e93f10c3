// The artifacts of many tasks, as lists show them: one transaction for all.

import type { Connection } from './connection.ts';
import { done } from './request.ts';
import { FILES_OF, type FileRow } from './schema.ts';

/** Of each task the newest, so many at most. Ids sort by the time they were made. Most tasks have none, and that is found out first. */
export function readArtifacts(connection: Connection, ids: readonly string[], most: number): Promise<FileRow[][]> {
  return connection.use(async (database) => {
    const files = database.transaction('files', 'readonly').objectStore('files').index(FILES_OF);
    const sorted = ids.toSorted();
    const range = IDBKeyRange.bound([sorted[0] ?? ''], [sorted.at(-1) ?? '', []]);
    if ((await done(files.getKey(range))) === undefined) return ids.map(() => []);
    return Promise.all(
      ids.map(async (id) => {
        const rows = await done<FileRow[]>(files.getAll(IDBKeyRange.bound([id, 'artifact'], [id, 'artifact', []])));
        return rows.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, most);
      }),
    );
  });
}
