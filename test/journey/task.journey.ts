// One task from beginning to end, as a person goes about it: made, followed, understood, done again, decided; and all of
// them out, gone and in again. Each journey ends in what is on the screen.

import { readFile } from 'node:fs/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { overflowOf, violationsOf } from '../support/axe.ts';
import { errorsOf, launch, untilReady } from '../support/browser.ts';
import { type MoodyServer, startMoodyServer } from '../support/moody-server.ts';
import { serveApp, type Served } from '../support/serve.ts';

/** What takes no longer, however busy the machine. */
const SOON = { timeout: 10_000 };

let app: Served;
let browser: BrowserContext;
let page: Page;
let errors: string[];

beforeAll(async () => {
  app = await serveApp();
  browser = await launch();
  page = browser.pages()[0] ?? (await browser.newPage());
  errors = errorsOf(page);
  await goTo('/');
});

afterAll(async () => {
  await browser.close();
  await app.close();
});

beforeEach(() => {
  errors.length = 0;
});

async function goTo(path: string): Promise<void> {
  await page.goto(app.url + path);
  await untilReady(page);
}

/** Makes a task beside the page. */
function make(type: string, options: object = {}, payload?: unknown): Promise<string> {
  return page.evaluate(
    async ([type, options, payload]) => (await window.errand?.enqueue(type, payload, options))?.id ?? '',
    [type, options, payload] as [string, object, unknown],
  );
}

/** The same, and opens its own. */
async function openNew(type: string, options: object = {}, payload?: unknown): Promise<string> {
  const id = await make(type, options, payload);
  await goTo(`/tasks/${id}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return id;
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const status = (word: string) => page.locator('header').getByText(word, { exact: true }).first();

/** Resolves once what was changed is on the screen. */
function painted(): Promise<unknown> {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

async function choose(action: string): Promise<void> {
  const direct = page.locator('article').getByRole('button', { name: action, exact: true });
  if (!(await direct.first().isVisible())) await button('More actions').click();
  await direct.first().click();
}

/** Goes on by Tab until something of that name has the focus: what a keyboard reaches, and nothing else. */
async function tabTo(name: RegExp): Promise<void> {
  for (let presses = 0; presses < 100; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const at = document.activeElement;
      const labels = at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement ? [...(at.labels ?? [])] : [];
      return [at?.getAttribute('aria-label'), ...labels.map((label) => label.textContent), at?.textContent].join(' ');
    });
    if (name.test(focused)) return;
  }
  throw new Error(`Tab does not reach ${name.source}.`);
}

describe('F2 one task', () => {
  it('D1 is made on a cron pattern, by keyboard alone', async () => {
    await goTo('/new');
    await page.getByRole('radio', { name: 'demo.steps' }).waitFor();
    await tabTo(/Convert images/);
    while (!(await page.getByRole('radio', { name: 'demo.steps' }).isChecked())) await page.keyboard.press('ArrowDown');
    await tabTo(/^ ?Name/);
    await page.keyboard.type('Nightly bulb');
    await tabTo(/^ ?Now/);
    while (!(await page.getByRole('radio', { name: 'Cron', exact: true }).isChecked()))
      await page.keyboard.press('ArrowRight');
    await tabTo(/Pattern/);
    await page.keyboard.type('30 3 * *');
    await page.keyboard.press('Tab');
    await page.getByText('Write 5 fields').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('End');
    await page.keyboard.type(' *');
    await page.getByText('Runs every day at 03:30.').waitFor();
    expect(await page.getByRole('list', { name: 'Next runs' }).getByRole('listitem').count()).toBe(5);
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/tasks\/./);
    await page.getByRole('heading', { name: 'Nightly bulb' }).waitFor();
    await page.getByText('Waiting until it is due.').waitFor();
    expect(await page.getByRole('complementary').getByText('every day at 03:30').isVisible()).toBe(true);
    expect(errors).toEqual([]);
  });

  it('C3 fails, says why, and is retried from the step that failed', async () => {
    await openNew('demo.fail', { name: 'A parcel', retry: { maxRetries: 0 } });
    await page.getByRole('note').getByText('The demo failed, as it should.').waitFor();
    await page.getByRole('log').getByText('Attempt 1 is about to fail.').waitFor();
    await button('Retry from here').click();
    await page.getByText('Run 2', { exact: true }).first().waitFor();
    await status('Failed').waitFor();
    await page.getByText('History').click();
    await page.getByText('local retried it.').waitFor();
    expect(await page.getByText('Step “pack” completed.').count()).toBe(1);
    expect(errors).toEqual([]);
  });

  it('C4 is run again with a payload that was edited', async () => {
    await choose('Restart…');
    const payload = page.getByRole('textbox', { name: 'Payload' });
    await payload.fill('{\n  "fail" false\n}');
    await page.getByText(/^Line 2: /).waitFor();
    expect(await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).isDisabled()).toBe(true);
    await payload.fill('{"fail": "no"}');
    await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
    await page.getByText(/^payload.fail: /).waitFor();
    await payload.fill('{"fail": false}');
    await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
    await status('Completed').waitFor();
    expect(await page.getByRole('region', { name: 'Result' }).textContent()).toBe('Delivered.');
    expect(await page.getByRole('region', { name: 'Payload' }).textContent()).toContain('"fail": false');
    expect(errors).toEqual([]);
  });

  it('C5 has chosen steps done again, and says before which', async () => {
    await choose('Rerun steps…');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('checkbox', { name: 'Keep: deliver' }).check();
    await dialog.getByText('Will run again: pack.').waitFor();
    await dialog.getByText(/^May be out of date.*: deliver\.$/).waitFor();
    await dialog.getByRole('button', { name: 'Rerun' }).click();
    await page.getByText('rerun by local').waitFor();
    await status('Completed').waitFor();
    expect(await page.getByText('Run 4', { exact: true }).first().isVisible()).toBe(true);
    expect(errors).toEqual([]);
  });

  it('D7 waits for its time, then for a pause, and says so at each turn', async () => {
    await openNew('demo.steps', { name: 'A bulb', schedule: { at: '2099-01-01T00:00:00Z' } });
    await page.getByText('Waiting until it is due.').waitFor();
    await choose('Pause all of this type');
    await choose('Run now');
    await page.getByText('All demo.steps tasks were paused by local.').waitFor();
    expect(await page.getByText('Waiting until it is due.').count()).toBe(0);
    await button('Lift the pause').click();
    await status('Running').waitFor();
    await status('Completed').waitFor();
    expect(await page.getByRole('region', { name: 'Result' }).textContent()).toContain('"steps": 5');
    expect(errors).toEqual([]);
  });

  it('D1 C7 waits for an event, and runs once one is sent from its page', async () => {
    await openNew('demo.once', { name: 'A knock', schedule: { on: { event: 'knock' } } });
    await page.getByText('Waiting for an event.').waitFor();
    await button('Send event…').click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('knock');
    await dialog.getByRole('textbox', { name: 'Payload' }).fill('{"at" "the door"}');
    await dialog.getByText(/^Line 1: /).waitFor();
    expect(await dialog.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Payload' }).fill('{"at": "the door"}');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Event sent').waitFor();
    await page.getByText('Waiting for your decision.').waitFor();
    expect(errors).toEqual([]);
  });

  it('F6 waits for a sign-in, and goes ahead once somebody says so', async () => {
    const server: MoodyServer = await startMoodyServer();
    try {
      await openNew('http.request', { name: 'A diary' }, { url: `${server.url}/diary/401,ok`, body: { text: 'Dear' } });
      await page.getByText('Waiting for you to sign in.').waitFor();
      await page.getByText(`Sign in to “${server.url}” to go on.`).waitFor();
      await button('I have signed in').click();
      await status('Completed').waitFor();
      expect(server.boxes.get('diary')?.arrived.map(({ mood }) => mood)).toEqual(['401', 'ok']);
    } finally {
      await server.close();
    }
  });

  it('A1 is deleted with all that belongs to it, and brought back by an undo', async () => {
    const id = await openNew('demo.fail', { name: 'A vase', retry: { maxRetries: 0 } });
    await status('Failed').waitFor();
    await choose('Delete');
    await page.getByText('Deleted “A vase”').waitFor();
    expect(await page.evaluate((gone) => window.errand?.get(gone), id)).toBeUndefined();
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await expect
      .poll(() => page.evaluate(async (back) => (await window.errand?.get(back))?.name, id), SOON)
      .toBe('A vase');
    await goTo(`/tasks/${id}`);
    await page.getByRole('log').getByText('Attempt 1 is about to fail.').waitFor();
    expect(await page.getByText('pack', { exact: true }).count()).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  it.each([
    ['Mark as completed', 'Completed'],
    ['Mark as failed', 'Failed'],
    ['Run again', 'Completed'],
  ])('B13 that must not run twice is interrupted, and a person says: %s', async (decision, ends) => {
    const id = await make('demo.once', { name: 'A letter' });
    // Its worker ends before the page is left: that would interrupt it, too.
    await expect
      .poll(() => page.evaluate(async (once) => (await window.errand?.explain(once))?.waitingFor[0]?.kind, id), SOON)
      .toBe('decision');
    await goTo(`/tasks/${id}`);
    await page.getByText('Waiting for your decision.').waitFor();
    await button(decision).click();
    await status(ends).waitFor();
    if (decision === 'Run again')
      expect(await page.getByRole('region', { name: 'Result' }).textContent()).toBe('Sent.');
  });

  it('is walked from to the next in the list, and back', async () => {
    await goTo('/tasks');
    await page.getByRole('link', { name: 'A letter' }).first().click();
    await page.waitForURL(/\/tasks\/./);
    const first = page.url();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press(']');
    await page.waitForURL((url) => url.href !== first);
    await page.keyboard.press('[');
    await page.waitForURL(first);
    await page.keyboard.press('[');
    await page.getByText('This is the first task in the list').waitFor();
  });

  it('shows markup as text, and of what is very long the beginning', async () => {
    const name = '<img src=x onerror=alert(1)>';
    await openNew('nobody.knows', { name, description: '<b>bold</b>' }, { long: 'x'.repeat(3_000_000) });
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(name);
    await page.getByText('<b>bold</b>').waitFor();
    const shown = await page.getByRole('region', { name: 'Payload' }).textContent();
    expect(shown?.length).toBeLessThan(25_000);
    const download = page.waitForEvent('download');
    await button('Download all').click();
    const file = JSON.parse(await readFile(await (await download).path(), 'utf8')) as { long: string };
    expect(file.long).toHaveLength(3_000_000);
    await page.getByText('Waiting for its handler.').waitFor();
    expect(errors).toEqual([]);
  });
});

describe('A5 the form for a new task', () => {
  it('keeps what was typed over a look elsewhere and a reload', async () => {
    await goTo('/new?type=http.request&url=https://example.com/orders&name=Order');
    await page.getByRole('textbox', { name: 'Headers' }).fill('nonsense');
    await page.getByRole('textbox', { name: 'Tags' }).fill('shop');
    await page.getByText(/^Line 1: write a name/).waitFor();
    await page.getByRole('link', { name: 'Health' }).click();
    await page.getByRole('heading', { name: 'Health' }).waitFor();
    await goTo('/new');
    expect(await page.getByRole('textbox', { name: 'Address' }).inputValue()).toBe('https://example.com/orders');
    expect(await page.getByRole('textbox', { name: 'Tags' }).inputValue()).toBe('shop');
    await button('Create task').click();
    await page.getByText('1 field to correct').waitFor();
    await button('Start over').click();
    await page.getByRole('textbox', { name: 'Address' }).waitFor({ state: 'hidden' });
  });

  it('takes files, and they reach the task', async () => {
    await goTo('/new?type=file.hash&name=Sums');
    const file = { name: 'abc.txt', mimeType: 'text/plain', buffer: Buffer.from('abc') };
    await page.locator('input[type=file]').last().setInputFiles([file]);
    await page.getByText('abc.txt').waitFor();
    await button('Create task').click();
    await page.waitForURL(/\/tasks\/./);
    await page
      .getByText(/ba7816bf8f01cfea414140de5dae2223/)
      .first()
      .waitFor();
  });
});

describe('A14 everything', () => {
  it('goes out, is erased, and comes in again, paused', async () => {
    await page.evaluate(() =>
      window.errand?.enqueue('demo.steps', undefined, { schedule: { at: '2099-01-01T00:00:00Z' } }),
    );
    const before = await page.evaluate(() => window.errand?.list());
    await goTo('/settings');
    const download = page.waitForEvent('download');
    await button('Export everything').click();
    const zip = await (await download).path();
    await button('Erase everything…').click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Erase everything' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('erase');
    await dialog.getByRole('button', { name: 'Erase everything' }).click();
    await page.getByText('Everything was erased').waitFor();
    expect((await page.evaluate(() => window.errand?.list()))?.total).toBe(0);

    await page.locator('input[accept*=zip]').setInputFiles({ name: 'a.zip', mimeType: '', buffer: Buffer.from('no') });
    await dialog.getByText('This file cannot be imported').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.locator('input[accept*=zip]').setInputFiles(zip);
    await dialog.getByText(`${before?.total} tasks`, { exact: true }).waitFor();
    await dialog.getByRole('button', { name: /^Import \d+ tasks$/ }).click();
    await page.getByText(`Imported ${before?.total} tasks`).waitFor();
    await button('Resume').waitFor();
    expect((await page.evaluate(() => window.errand?.list()))?.total).toBe(before?.total);
    expect(errors).toEqual([]);
  });

  it('F3 is seen, and may be done, by role', async () => {
    await goTo('/settings');
    await page.getByRole('textbox', { name: 'User' }).fill('ana');
    await page.getByRole('radio', { name: 'Viewer' }).check({ force: true });
    await button('Switch').click();
    await page.getByText('Your role cannot change the settings').waitFor();
    expect(await button('Export everything').count()).toBe(0);
    await page.getByRole('textbox', { name: 'User' }).fill('local');
    await page.getByRole('radio', { name: 'Admin' }).check({ force: true });
    await button('Switch').click();
    await button('Export everything').waitFor();
  });
});

describe('for everybody', () => {
  const paths: [string, () => Promise<unknown>][] = [
    [
      'a task that failed',
      () => openNew('demo.fail', { retry: { maxRetries: 0 } }).then(() => status('Failed').waitFor()),
    ],
    ['a task that waits', () => openNew('demo.steps', { schedule: { cron: '0 3 * * *' }, tags: ['a'] })],
    ['a new task', () => goTo('/new').then(() => page.getByRole('radio', { name: 'demo.steps' }).waitFor())],
    ['a new request, wrong', () => goTo('/new?type=http.request&cron=x').then(() => button('Create task').click())],
    ['health', () => goTo('/health').then(() => page.getByText('Versions').waitFor())],
    ['settings', () => goTo('/settings').then(() => button('Export everything').waitFor())],
  ];

  it.each(paths)('%s has nothing that axe finds wrong, light and dark, and fits into 320 pixels', async (_, open) => {
    await open();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, colorScheme);
      await painted();
      expect(await violationsOf(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await overflowOf(page)).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('a dialog, too', async () => {
    await openNew('demo.fail', { retry: { maxRetries: 0 } });
    await status('Failed').waitFor();
    await choose('Restart…');
    await page.getByRole('dialog').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('nothing moves where that is not wanted', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await openNew('demo.steps');
    await status('Running').waitFor();
    const moving = await page.evaluate(
      () =>
        document.getAnimations().filter((each) => Number(each.effect?.getComputedTiming().duration ?? 0) > 1).length,
    );
    expect(moving).toBe(0);
  });
});
