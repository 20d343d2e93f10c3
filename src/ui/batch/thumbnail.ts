// Shows a kept picture in an <img> and lets go of it again: few are opened at once, none is held off screen.

import type { Attachment } from 'svelte/attachments';
import type { Runner } from '../../runner/index.ts';
import type { FileRef } from '../../task/index.ts';

const AT_ONCE = 4;
const waiting: (() => void)[] = [];
let open = 0;

/** Loads a picture while its element is in the page; its object URL goes with the element. `onfail` hears where it cannot. */
export function thumbnail(runner: Runner, file: FileRef, onfail: () => void): Attachment<HTMLImageElement> {
  return (image) => {
    let url: string | undefined;
    const isWanted = () => wanted;
    let wanted = true;
    void inTurn(async () => {
      if (!isWanted()) return;
      const blob = await runner.openFile(file);
      if (!isWanted()) return;
      url = URL.createObjectURL(blob);
      image.src = url;
      await image.decode();
    }).catch(() => {
      if (wanted) onfail();
    });
    return () => {
      wanted = false;
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  };
}

async function inTurn(work: () => Promise<void>): Promise<void> {
  if (open >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  open += 1;
  try {
    await work();
  } finally {
    open -= 1;
    waiting.shift()?.();
  }
}
