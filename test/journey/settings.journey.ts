// What lies over the page, and what the settings say of the app on this device.

import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf, launch, untilReady } from '../support/browser.ts';
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
  page = await browser.newPage();
  errors = errorsOf(page);
  await page.goto(app.url);
  await untilReady(page);
});

afterAll(async () => {
  await browser.close();
  await app.close();
});

async function cancel(): Promise<void> {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
}

describe('F2 messages', () => {
  it('are seen and reached over an open dialog, and over the page again', async () => {
    const id = await page.evaluate(async () => {
      const schedule = { at: '2100-01-01T00:00:00Z' };
      return (await window.errand?.enqueue('demo.steps', undefined, { name: 'Later', schedule }))?.id ?? '';
    });
    await page.goto(`${app.url}/tasks/${id}`);
    await cancel();
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Undo' }).click();
    await expect
      .poll(() => page.evaluate(async (task) => (await window.errand?.get(task))?.status, id), SOON)
      .toBe('pending');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await cancel();
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(errors).toEqual([]);
  });
});

describe('F7 settings', () => {
  it('say whether the app is installed, what is kept, and what happens with no page open', async () => {
    await page.goto(`${app.url}/settings`);
    const section = page.getByRole('region', { name: 'On this device' });
    await section.getByText('with no page open', { exact: false }).first().waitFor();
    const devtools = await browser.newCDPSession(page);
    const permission = { name: 'persistent-storage' };
    await devtools.send('Browser.setPermission', { permission, setting: 'granted', origin: app.url });
    await section.getByRole('button', { name: 'Ask the browser to keep the data' }).click();
    await section.getByText('has promised to keep the data').waitFor();
    expect(await page.evaluate(() => navigator.storage.persisted())).toBe(true);
    expect(errors).toEqual([]);
  });
});

describe('A7 the form for a new task', () => {
  it('takes an id of one’s own, a workspace, and the task that follows', async () => {
    await page.goto(`${app.url}/new?type=demo.steps`);
    await page.getByText('More options').click();
    await page.getByLabel(/^Task id/).fill('mine');
    await page.getByLabel('Workspace').fill('shop');
    await page.getByLabel('Follow-up task type').fill('demo.steps');
    await page.getByRole('button', { name: 'Create task' }).click();
    await page.waitForURL(/\/tasks\/mine$/);
    const task = await page.evaluate(async () => (await window.errand?.wait('mine'))?.task);
    expect(task).toMatchObject({ id: 'mine', workspace: 'shop', status: 'completed' });
    await expect
      .poll(() => page.evaluate(async () => (await window.errand?.list({ type: 'demo.steps' }))?.total), SOON)
      .toBe(3);
  });
});
