// The places that are photographed, and what is opened there first.

/**
 * @typedef {object} Scene
 * @property {string} name
 * @property {(made: Record<string, string>) => string} path
 * @property {(page: import('playwright-core').Page) => Promise<unknown>} [prepare]
 */

/** @type {readonly Scene[]} */
export const SCENES = [
  { name: 'start', path: () => '/' },
  { name: 'tasks', path: () => '/tasks', prepare: listed },
  {
    name: 'tasks-selected',
    path: () => '/tasks?status=unfinished&sort=priority',
    prepare: async (page) => {
      await listed(page);
      for (const key of ['j', 'j', 'x', 'Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key);
    },
  },
  {
    name: 'tasks-filter',
    path: () => '/tasks?tag=home',
    prepare: async (page) => {
      await listed(page);
      await page.getByRole('button', { name: /^Filter/ }).click();
    },
  },
  { name: 'tasks-none', path: () => '/tasks?q=nothing-of-that-name' },
  { name: 'task', path: (made) => `/tasks/${made['Every morning'] ?? ''}` },
  { name: 'task-failed', path: (made) => `/tasks/${made['One that fails'] ?? ''}` },
  { name: 'schedules', path: () => '/schedules' },
  { name: 'activity', path: () => '/activity' },
  { name: 'new', path: () => '/new' },
  { name: 'health', path: () => '/health' },
  { name: 'settings', path: () => '/settings' },
  { name: 'recent', path: () => '/', prepare: (page) => page.getByRole('button', { name: /^Recent tasks/ }).click() },
  { name: 'palette', path: () => '/tasks', prepare: (page) => page.keyboard.press('Control+k') },
  { name: 'shortcuts', path: () => '/tasks', prepare: (page) => page.keyboard.press('?') },
  {
    name: 'request',
    path: () => '/',
    prepare: (page) => page.getByRole('button', { name: /^Queue a request/ }).click(),
  },
];

/** @param {import('playwright-core').Page} page */
function listed(page) {
  return page.locator('[role=grid][aria-busy=false] .row[data-status]').first().waitFor();
}
