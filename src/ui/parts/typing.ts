// Whether a key was meant for a text, and not for the page.

const NO_TEXT = 'input:is([type=radio], [type=checkbox], [type=range], [type=file], [type=button])';

/** Whether the key went into a field where it writes, or into a dialog. */
export function isTyping({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('dialog') !== null || target.isContentEditable) return true;
  return target.matches('input, textarea, select') && !target.matches(NO_TEXT);
}
