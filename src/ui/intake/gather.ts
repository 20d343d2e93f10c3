// Files from wherever people bring them: a drop (folders too), a picker, the clipboard.

const PICTURE_NAME = /\.(jpe?g|jfif|png|webp|avif|gif|bmp|heic|heif|tiff?|svg)$/i;

/** Whether a file is a picture, judging by its name and type alone. */
export function looksLikePicture(file: File): boolean {
  return file.type === '' ? PICTURE_NAME.test(file.name) : file.type.startsWith('image/');
}

/**
 * The files of a drop, those inside dropped folders included.
 * Call it before anything is awaited: the browser empties a drop when its event is over.
 */
export async function filesOfDrop(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  if (entries.every((entry) => entry === null)) return [...transfer.files];
  const found = await Promise.all(entries.map(async (entry) => (entry === null ? [] : filesOfEntry(entry))));
  return found.flat();
}

/** The files in the clipboard. */
export function filesOfPaste(transfer: DataTransfer): File[] {
  return [...transfer.files];
}

async function filesOfEntry(entry: FileSystemEntry): Promise<File[]> {
  if (entry.name.startsWith('.')) return [];
  if (isFile(entry)) {
    return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  }
  if (!isDirectory(entry)) return [];
  const files: File[] = [];
  const reader = entry.createReader();
  // A reader hands out a hundred entries at a time, and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return files;
    for (const child of some) files.push(...(await filesOfEntry(child)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
