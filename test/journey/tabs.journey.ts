// Promise 3: however many tabs are open, one engine claims; when its tab goes, another takes over and the work goes on.

import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, untilReady } from '../support/browser.ts';
import { serveApp, type Served } from '../support/serve.ts';

let app: Served;
let browser: BrowserContext;

beforeAll(async () => {
  app = await serveApp();
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await app.close();
});

async function openTab(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(app.url);
  await untilReady(page);
  return page;
}

const leads = (page: Page) => page.evaluate(() => window.errand?.status().then((status) => status.leads));

/** Resolves when this page's engine leads. */
const becomesLeader = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        window.errand?.onNotice((notice) => {
          if (notice.kind === 'engine-leads') resolve();
        });
      }),
  );

const enqueue = (page: Page, type: string) =>
  page.evaluate((name) => window.errand?.enqueue(name).then((task) => task.id), type);

describe('two tabs', { timeout: 60_000 }, () => {
  it('E5 one leads; it runs what the other enqueues; when it is closed, the other takes over and goes on', async () => {
    const first = await openTab();
    await becomesLeader(first);
    const second = await openTab();
    expect([await leads(first), await leads(second)]).toEqual([true, false]);

    const id = (await enqueue(second, 'demo.steps')) ?? '';
    await second.evaluate(async (task) => {
      for await (const now of window.errand?.changes(task) ?? []) if (now.progress.percent > 0) return;
    }, id);
    const recorded = await second.evaluate((task) => window.errand?.detail(task), id);

    await first.close();
    await becomesLeader(second);
    const ended = await second.evaluate((task) => window.errand?.wait(task), id);
    const detail = await second.evaluate((task) => window.errand?.detail(task), id);
    expect(ended?.task).toMatchObject({ status: 'completed', retryCount: 0 });
    for (const step of recorded?.steps ?? []) {
      if (step.status === 'completed') expect(detail?.steps.find((each) => each.name === step.name)).toEqual(step);
    }
    expect(detail?.steps.length).toBeGreaterThan(recorded?.steps.length ?? Infinity);
    await second.close();
  });

  it('see the same tasks, live', async () => {
    const [first, second] = [await openTab(), await openTab()];
    await second.getByRole('link', { name: 'Tasks' }).first().click();
    await second.locator('[role=grid][aria-busy=false] [data-index="0"]').waitFor();
    await first.evaluate(() => window.errand?.enqueue('demo.fail', undefined, { name: 'seen in both tabs' }));
    // It does not push down what is being read.
    await second.getByRole('button', { name: '1 new' }).click();
    await second.getByText('seen in both tabs').first().waitFor();
    await first.close();
    await second.close();
  });
});
