// A small picture of a file, drawn on a canvas without decoding on the main thread.

import type { Attachment } from 'svelte/attachments';

const WIDTH = 144;
let turn: Promise<unknown> = Promise.resolve();

/** Draws a file on the canvas it is attached to. What cannot be decoded leaves the canvas blank. */
export function sketch(file: File): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    let wanted = true;
    turn = turn.then(async () => {
      if (!wanted) return;
      const bitmap = await createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: 'medium' }).catch(
        () => undefined,
      );
      if (bitmap === undefined) return;
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
    });
    return () => {
      wanted = false;
    };
  };
}
