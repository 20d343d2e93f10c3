// The browser's own file picker, for files or for a whole folder.

/** Opens the picker, for pictures, a folder, or files of any kind. Resolves with the files chosen; with none when it is closed without a choice. */
export function pickFiles(what: 'files' | 'folder' | 'any'): Promise<readonly File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  if (what === 'folder') input.webkitdirectory = true;
  if (what === 'files') input.accept = 'image/*';
  return new Promise((resolve) => {
    input.addEventListener('change', () => {
      resolve([...(input.files ?? [])].filter((file) => !file.name.startsWith('.')));
    });
    input.addEventListener('cancel', () => {
      resolve([]);
    });
    input.click();
  });
}
