// What axe-core finds wrong with a page as it is shown now. It is evaluated, not added: the page's policy allows no script.

import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** One line for each element that breaks a rule of WCAG 2.2 AA, or a best practice. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 200)} (${node.any[0]?.message ?? node.all[0]?.message ?? ''})`),
    );
  });
}

/** By how many pixels the page is wider than what shows it. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
}
