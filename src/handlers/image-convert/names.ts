// What each converted picture is called: planned before the work, so that every attempt comes to the same names.

import type { FileRef } from '../../task/index.ts';

/** A file of the payload and the name that its picture will have. */
export interface NamedFile {
  file: FileRef;
  name: string;
}

/** In bytes. Most disks allow 255, of which number and extension need a few. */
const LONGEST_BASE = 200;

/** Controls, and the marks that turn text around (they can make `gpj.exe` look like a picture). */
const UNSEEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** What some disk does not allow in a name, and halves of characters. */
const FORBIDDEN = /[<>:"|?*\p{Cs}]/gu;
/** Names that Windows keeps for devices. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Gives each file a name that is safe in a zip and unlike every other in the batch, whatever the disk thinks of case. */
export function planNames(files: readonly FileRef[], extension: string): NamedFile[] {
  const taken = new Set<string>();
  const lastNumber = new Map<string, number>();
  return files.map((file) => {
    const base = safeBase(file.name);
    const key = folded(base);
    let number = lastNumber.get(key) ?? 1;
    let name = numbered(base, number, extension);
    while (taken.has(folded(name))) name = numbered(base, ++number, extension);
    lastNumber.set(key, number);
    taken.add(folded(name));
    return { file, name };
  });
}

/** The name without folders and extension, and without whatever a zip or a disk could trip over. */
export function safeBase(name: string): string {
  const last = name.split(/[/\\]/).findLast((part) => part.trim() !== '') ?? '';
  const clean = last.normalize('NFC').replace(UNSEEN, '').replace(FORBIDDEN, '_').trim();
  const base = clean
    .replace(/\.[^.\s]{0,10}$/, '')
    .replace(/\.{2,}/g, '.')
    .replace(/^[. ]+|[. ]+$/g, '')
    .trim();
  if (base === '') return 'image';
  const short = shortened(base);
  return DEVICE.test(short) ? `_${short}` : short;
}

function shortened(base: string): string {
  const characters = Array.from(base).slice(0, LONGEST_BASE);
  while (new TextEncoder().encode(characters.join('')).length > LONGEST_BASE) characters.pop();
  return characters.join('').trimEnd();
}

function numbered(base: string, number: number, extension: string): string {
  return number === 1 ? `${base}.${extension}` : `${base} (${number}).${extension}`;
}

/** How a disk that ignores case sees a name. */
function folded(name: string): string {
  return name.toLowerCase().normalize('NFC');
}
