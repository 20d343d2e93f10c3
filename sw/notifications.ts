// Notifications, asked for by the person alone: of what has ended, and of what waits for a page. A click opens the task, or
// has it tried again.

import type { Resumed } from '../src/runner/index.ts';
import { errand } from './errand.ts';
import { NOTIFICATION } from './words.ts';

declare const self: ServiceWorkerGlobalScope;

type Ended = Resumed['finished'][number];

/** More than TypeScript knows: https://notifications.spec.whatwg.org/#dictdef-notificationoptions */
interface Options extends NotificationOptions {
  actions?: { action: string; title: string }[];
  data: { path: string; id?: string };
}

const ICON = '/icons/icon-192.png';
const MOST_TOLD = 1_000;

/** A page tells of what has ended while nobody looked: it knows, and only a service worker shows such actions. */
export function heedEnded(event: ExtendableMessageEvent): void {
  const ended = endedIn(event.data);
  if (ended.length > 0) event.waitUntil(tell(ended, 0));
}

/** What became of a slice with no page open. */
export async function tellOfSlice({ finished, forPage, ended }: Resumed): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window' });
  if (pages.length === 0 && ended !== 'elsewhere') await tell(finished, forPage);
}

export function openClicked(event: NotificationEvent): void {
  event.notification.close();
  const { path, id } = event.notification.data as Options['data'];
  if (event.action === 'retry' && id !== undefined) event.waitUntil(retry(id));
  else event.waitUntil(open(path));
}

async function tell(ended: readonly Ended[], forPage: number): Promise<void> {
  if (Notification.permission !== 'granted' || !(await isWanted())) return;
  const told = ended.filter(({ status }) => status !== 'cancelled');
  const [only] = told;
  if (only !== undefined && told.length === 1) await show(...ofOne(only));
  else if (told.length > 1) await show(...ofMany(told));
  if (forPage > 0)
    await show(NOTIFICATION.forPage(forPage), { tag: 'for-page', body: NOTIFICATION.forPageTodo, data: { path: '/' } });
}

async function isWanted(): Promise<boolean> {
  const { notifications } = await (await errand.runner()).settings();
  return notifications;
}

function ofOne({ id, name, status }: Ended): [string, Options] {
  const open = { action: 'open', title: NOTIFICATION.open };
  const actions = status === 'failed' ? [open, { action: 'retry', title: NOTIFICATION.retry }] : [open];
  const data = { path: `/tasks/${encodeURIComponent(id)}`, id };
  return [NOTIFICATION[status === 'failed' ? 'failed' : 'completed'](name), { tag: `task:${id}`, actions, data }];
}

function ofMany(ended: readonly Ended[]): [string, Options] {
  const failed = ended.filter(({ status }) => status === 'failed').length;
  const path = failed > 0 ? '/tasks?status=failed' : '/tasks';
  return [NOTIFICATION.many(ended.length - failed, failed), { tag: 'tasks', data: { path } }];
}

function show(title: string, options: Options): Promise<void> {
  return self.registration.showNotification(title.slice(0, 200), { icon: ICON, ...options });
}

async function retry(id: string): Promise<void> {
  await (await errand.runner()).retry(id);
  await errand.resume();
}

/** In a page that is open, or a new one. */
async function open(path: string): Promise<void> {
  const [page] = await self.clients.matchAll({ type: 'window' });
  if (page === undefined) await self.clients.openWindow(path);
  else await (await page.focus()).navigate(path);
}

/** Any page of this site may say this: what is none of it is nothing. */
function endedIn(data: unknown): Ended[] {
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'ENDED' || !('tasks' in data))
    return [];
  return Array.isArray(data.tasks) ? data.tasks.slice(0, MOST_TOLD).filter(isEnded) : [];
}

function isEnded(value: unknown): value is Ended {
  const { id, name, status } = (value ?? {}) as Partial<Record<keyof Ended, unknown>>;
  return typeof id === 'string' && typeof name === 'string' && (status === 'completed' || status === 'failed');
}
