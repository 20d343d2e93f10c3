// The style sheet of the board, one for all boards of a page. It is adopted, not written as a `<style>`, so that it holds
// under a policy that allows no inline styles.

/** The build puts the sheet here: see vite.config.ts. */
const TEXT = '__ERRAND_SHEET__';

let sheet: CSSStyleSheet | undefined;

export function boardSheet(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(TEXT);
  }
  return sheet;
}
