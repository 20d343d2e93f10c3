// What a page's policy was broken by, heard from its first script on.

import type { BrowserContext, Page } from 'playwright-core';

declare global {
  interface Window {
    violations?: string[];
  }
}

/** From now on every page of the browser notes it. */
export async function noteViolations(browser: BrowserContext): Promise<void> {
  await browser.addInitScript(() => {
    const violations: string[] = (window.violations = []);
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
      violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}`);
    });
  });
}

export const violationsOf = (page: Page) => page.evaluate(() => window.violations);
