// The start of the app: the frame first, then the page in it. What that asks of its engine waits until there is one.

import { get, set } from 'idb-keyval';
import { mount, unmount } from 'svelte';
import { supportedImageFormats } from '../handlers/index.ts';
import type { Principal, Runner } from '../index.ts';
import { startRunner } from '../runner/index.ts';
import { DEFAULT_OPTIONS, type ImageOptions, type IntakeGiven } from '../ui/index.ts';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/choices.css';
import App from './App.svelte';
import { Device } from './device.svelte.ts';
import Frame from './Frame.svelte';
import { newWorker } from './first-worker.ts';
import { Install } from './install.svelte.ts';
import { Router } from './router.svelte.ts';
import StartFailed from './StartFailed.svelte';
import { Theme } from './theme.svelte.ts';
import { Update } from './update.svelte.ts';

/** Of the app: set by its build. */
declare const __VERSION__: string;

declare global {
  interface Window {
    /** The app's own runner, for the console. */
    errand?: Runner;
  }
}

const OPTIONS_KEY = 'image-options';

/** What may be wanted next is loaded so much later: the first view comes first. */
const REST_AFTER_MS = 2_000;

const target = document.querySelector('#app') ?? document.body;
const theme = new Theme();
const update = new Update();
const install = new Install();
const router = new Router();

const frame = mount(Frame, { target, props: { router, theme } });

/** A page that was laid aside has no engine any more. */
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

const intakeGiven: IntakeGiven = {
  known: Promise.all([supportedImageFormats(), lastOptions()]).then(([formats, options]) => ({ formats, options })),
  remember: (chosen: ImageOptions) => void set(OPTIONS_KEY, chosen),
};
let shown = frame;
try {
  const { runner: soon, opened } = startRunner({ worker: newWorker });
  const isLast = opened.then((runner) => runner === soon);
  isLast.catch(() => undefined); // Told of below.
  await router.ready();
  await show(soon, isLast);
  const runner = await opened;
  if (runner !== soon) await show(runner);
  void update.register();
  setTimeout(() => whenIdle(() => void router.loadRest()), REST_AFTER_MS);
} catch (error) {
  await unmount(shown);
  mount(StartFailed, { target, props: { error } });
}

/**
 * Shows the board as somebody sees it. Where they ask in another name, it is shown anew; `isLast` tells whether it is not,
 * once the database is open.
 */
async function show(runner: Runner, isLast = Promise.resolve(true)): Promise<void> {
  window.errand = runner;
  const actAs = async (principal: Principal) => show(await runner.actAs(principal));
  const device = new Device(runner, install);
  const host = { version: __VERSION__, theme, actAs, notifications: device.notifications, device };
  await unmount(shown);
  shown = mount(App, { target, props: { runner, host, router, theme, update, device, intakeGiven, isLast } });
}

/** A choice that cannot be read is no reason not to start. */
async function lastOptions(): Promise<ImageOptions> {
  const kept = await get<Partial<ImageOptions>>(OPTIONS_KEY).catch(() => undefined);
  return { ...DEFAULT_OPTIONS, ...kept };
}

/** Once nothing else is to be done; soon, where a browser does not tell. */
function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work);
  else setTimeout(work, 500);
}
