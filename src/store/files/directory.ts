// Where in OPFS all that belongs to one database lies.

/** Rejects where there is no OPFS, or not here. */
export async function ownDirectory(database: string, create = true): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const errand = await root.getDirectoryHandle('errand', { create });
  return errand.getDirectoryHandle(folderOf(database), { create });
}

/** What no folder can be called gets a name that no other database has: an encoded `%` is followed by two digits. */
function folderOf(database: string): string {
  return /^\.{0,2}$/.test(database) ? `%${database}` : encodeURIComponent(database);
}
