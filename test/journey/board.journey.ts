// The board as a person uses it: many tasks at once, filters that can be shared, the keyboard alone; and no barrier in any
// place, light or dark, wide or narrow.

import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf, launch, untilReady } from '../support/browser.ts';
import { serveApp, type Served } from '../support/serve.ts';

const MANY = 5_000;
let app: Served;
let browser: BrowserContext;
let page: Page;

beforeAll(async () => {
  app = await serveApp();
  browser = await launch();
  page = await open('/');
  await page.evaluate(async (many) => {
    const schedule = { at: '2100-01-01T00:00:00Z' };
    const items = Array.from({ length: many }, (_, n) => ({
      type: n % 2 === 0 ? 'demo.steps' : 'demo.fail',
      options: {
        name: `Letter ${n}${n % 500 === 0 ? ' to Annabel' : ''}`,
        tags: n % 10 === 0 ? ['tenth'] : [],
        schedule,
      },
    }));
    await window.errand?.enqueueMany(items);
    await window.errand?.enqueue('demo.steps', undefined, { name: 'Each morning', schedule: { cron: '0 7 * * *' } });
  }, MANY);
});

afterAll(async () => {
  await browser.close();
  await app.close();
});

async function open(path: string): Promise<Page> {
  const opened = await browser.newPage();
  await opened.goto(app.url + path);
  await untilReady(opened);
  return opened;
}

/** The list has been read whole. */
async function listed(from: Page, total: number): Promise<void> {
  await from.locator(`[role=grid][aria-busy=false][aria-rowcount="${total + 1}"]`).waitFor();
}

const firstName = (from: Page) => from.locator('[data-index="0"] .name a').innerText();
const many = (from: Page, status: 'pending' | 'cancelled') =>
  from.evaluate((which) => window.errand?.stats().then((stats) => stats[which]), status);

describe('F2 the list of tasks', { timeout: 120_000 }, () => {
  it('is filtered, shared by its address, and found again by back and reload', async () => {
    await page.goto(`${app.url}/tasks`);
    await listed(page, MANY + 1);
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByLabel('Tag').fill('tenth');
    await page.getByLabel('Tag').press('Enter');
    await page.keyboard.press('Escape');
    await listed(page, MANY / 10);
    await page.getByRole('searchbox').fill('letter annabel');
    await listed(page, 10);
    await page.getByRole('button', { name: 'Created' }).click();
    await page.waitForURL(/order=asc/);
    await listed(page, 10);
    const [shared, first] = [page.url(), await firstName(page)];
    expect(first).toBe('Letter 0 to Annabel');

    const other = await open(shared.slice(app.url.length));
    await listed(other, 10);
    expect(await firstName(other)).toBe(first);
    await other.close();

    await page.locator('[data-index="3"] .name a').click();
    await page.waitForURL(/\/tasks\/./);
    await page.goBack();
    await listed(page, 10);
    expect(page.url()).toBe(shared);
    await page.reload();
    await listed(page, 10);
    expect(await page.getByRole('searchbox').inputValue()).toBe('letter annabel');
  });

  it('keeps where one was: back from a task leads to the rows that one left', async () => {
    await page.goto(`${app.url}/tasks?sort=createdAt&order=asc`);
    await listed(page, MANY + 1);
    await page.evaluate(() => scrollTo(0, 40_000));
    const row = page.locator('[data-index="1005"] .name a');
    const name = await row.innerText();
    await row.click();
    await page.waitForURL(/\/tasks\/./);
    await page.goBack();
    await page.getByRole('link', { name, exact: true }).waitFor();
    expect(await page.evaluate(() => scrollY)).toBe(40_000);
  });

  it('does not move what is read: new tasks are counted, and come in when asked', async () => {
    await page.goto(`${app.url}/tasks`);
    await listed(page, MANY + 1);
    const first = await firstName(page);
    const second = await open('/tasks');
    await second.evaluate(() =>
      window.errand?.enqueue('demo.fail', undefined, {
        name: 'From the other tab',
        schedule: { at: Date.now() + 1e9 },
      }),
    );
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await firstName(page)).toBe(first);
    await page.getByRole('button', { name: '1 new' }).click();
    await listed(page, MANY + 2);
    expect(await firstName(page)).toBe('From the other tab');
    await second.close();
  });

  it('A12 cancels 5,000 by filter, counted first, with progress, and undoes it', async () => {
    await page.goto(`${app.url}/tasks?status=pending&q=letter`);
    await listed(page, MANY);
    await page.getByRole('checkbox', { name: 'Select all that match' }).click();
    await page.getByText('5,000 selected').waitFor();
    const bar = page.getByRole('region', { name: 'Selected tasks' });
    await bar.getByRole('button', { name: 'Cancel' }).click();
    await bar.getByRole('button', { name: 'Cancel 5,000 tasks' }).click();
    await bar.getByRole('progressbar').waitFor();
    await page.getByText('Cancelled 5,000 tasks').waitFor();
    expect(await many(page, 'cancelled')).toBe(MANY);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Restored 5,000 tasks').waitFor();
    expect(await many(page, 'pending')).toBe(MANY + 2);
  });

  it('is worked by the keyboard alone', async () => {
    await page.goto(`${app.url}/tasks`);
    await listed(page, MANY + 2);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByText('2 selected').waitFor();
    const active = await page.getByRole('grid').getAttribute('aria-activedescendant');
    expect(active).toBe('row-2');
    await page.keyboard.press('c');
    await page.getByText('Cancelled 2 tasks').waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('Restored 2 tasks').waitFor();
    const oldest = await page.evaluate(() =>
      window.errand?.list({ sortBy: 'createdAt', limit: 1 }).then(({ tasks }) => tasks[0]?.id),
    );
    // The second key does not wait for the row that the first one went to.
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/tasks\/./);
    expect(new URL(page.url()).pathname).toBe(`/tasks/${oldest}`);
  });

  it('shows HTML in any text as text', async () => {
    const markup = '<img src=x onerror="document.title = 1"><b>bold</b>';
    await page.evaluate(
      (text) =>
        window.errand?.enqueue(
          'demo.steps',
          { text },
          { id: 'markup', name: text, description: text, tags: ['<b>'], schedule: { at: '2100-01-01T00:00:00Z' } },
        ),
      markup,
    );
    for (const path of ['/tasks?q=onerror', '/tasks/markup']) {
      await page.goto(app.url + path);
      await page.getByText(markup).first().waitFor();
      expect(await page.locator('main :is(img[src="x"], b)').count()).toBe(0);
      expect(await page.title()).not.toBe('1');
    }
    await page.evaluate(() => window.errand?.remove('markup'));
  });

  it('is left by a command, found by its name', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /command/ }).fill('sched');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/schedules$/);
    await page.getByRole('link', { name: 'Each morning' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /command/ }).fill('from the other');
    await page
      .getByRole('option', { name: /From the other tab/ })
      .first()
      .click();
    await page.waitForURL(/\/tasks\/./);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('F2 a schedule', () => {
  it('is paused, resumed and run now', async () => {
    await page.goto(`${app.url}/schedules`);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('paused', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('img', { name: /Last runs.*Completed/ }).waitFor();
  });
});

describe('F2 the activity', () => {
  it('remembers what was before, and is cleared for good', async () => {
    await page.goto(`${app.url}/activity`);
    await page.getByRole('link', { name: 'From the other tab' }).first().waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.reload();
    await page.getByText('Nothing has happened yet').or(page.getByText('This tab took over')).first().waitFor();
    expect(await page.getByRole('link', { name: 'From the other tab' }).count()).toBe(0);
  });
});

describe('F2 the start', () => {
  it('shows a task that was made here in the menu of recent ones', async () => {
    await page.goto(app.url);
    await page.getByRole('button', { name: 'Five steps' }).click();
    const menu = page.getByRole('dialog', { name: 'Recent tasks' });
    await menu.getByRole('link', { name: 'Five steps' }).click();
    await page.waitForURL(/\/tasks\/./);
    expect(await menu.isVisible()).toBe(false);
  });

  it('queues a request, and says what is wrong with one', async () => {
    await page.goto(app.url);
    await page.getByRole('button', { name: /Queue a request/ }).click();
    await page.getByLabel('Address').fill('nowhere');
    await page.getByRole('button', { name: 'Queue request' }).click();
    await page.getByText('Enter an address that starts with').waitFor();
    await page.getByLabel('Address').fill(`${app.url}/favicon.svg`);
    await page.getByLabel('Method').selectOption('GET');
    await page.getByRole('button', { name: 'Queue request' }).click();
    await page.getByRole('dialog', { name: 'Recent tasks' }).getByText('GET 127.0.0.1').waitFor();
  });
});

describe.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 320],
  ['dark', 320],
] as const)('F2 in %s, %i pixels wide', (colorScheme, width) => {
  it.each(['/', '/tasks', '/tasks?status=failed&q=nothing', '/schedules', '/activity'])(
    '%s has no barrier, and nothing beyond its edge',
    async (path) => {
      const opened = await browser.newPage();
      const errors = errorsOf(opened);
      await opened.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await opened.setViewportSize({ width, height: 800 });
      await opened.goto(app.url + path);
      await untilReady(opened);
      await opened.locator('main h1, main h2').first().waitFor({ state: 'attached' });
      expect(await barriers(opened)).toEqual([]);
      expect(await opened.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      const moving = await opened.evaluate(
        () => document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1).length,
      );
      expect(moving).toBe(0);
      expect(errors).toEqual([]);
      await opened.close();
    },
  );
});

/** What axe finds, a line each. */
async function barriers(from: Page): Promise<string[]> {
  await from.evaluate(axe.source);
  return from.evaluate(async () => {
    const found = await (window as unknown as { axe: typeof axe }).axe.run();
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}
