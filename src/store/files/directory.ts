// Where in OPFS all that belongs to one database lies.

/** Rejects where there is no OPFS, or not here. */
export async function ownDirectory(database: string, create = true): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const errand = await root.getDirectoryHandle('errand', { create });
  return errand.getDirectoryHandle(encodeURIComponent(database), { create });
}
