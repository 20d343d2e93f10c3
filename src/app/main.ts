// The start of the app: the theme first, then the runner, then the page over it.

import './trusted-scripts.ts';
import { get, set } from 'idb-keyval';
import { mount, unmount } from 'svelte';
import { supportedImageFormats } from '../handlers/index.ts';
import { createRunner, type Principal, type Runner } from '../index.ts';
import { DEFAULT_OPTIONS, type ImageOptions, type IntakeGiven } from '../ui/index.ts';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/choices.css';
import App from './App.svelte';
import { Device } from './device.svelte.ts';
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

const target = document.querySelector('#app') ?? document.body;
const theme = new Theme();
const update = new Update();
const install = new Install();
const router = new Router();

try {
  const [runner, formats, options] = await Promise.all([
    startRunner(),
    supportedImageFormats(),
    lastOptions(),
    router.ready(),
    theme.load(),
  ]);
  const remember = (chosen: ImageOptions) => void set(OPTIONS_KEY, chosen);
  show(runner, { formats, options, remember });
  void update.register();
  whenIdle(() => void router.loadRest());
} catch (error) {
  mount(StartFailed, { target, props: { error } });
}

// A page that was laid aside has no engine any more.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

/** Shows the board as somebody sees it. Where they ask in another name, it is shown anew. */
function show(runner: Runner, intakeGiven: IntakeGiven): void {
  window.errand = runner;
  const actAs = async (principal: Principal) => {
    const other = await runner.actAs(principal);
    await unmount(page);
    show(other, intakeGiven);
  };
  const device = new Device(runner, install);
  const host = { version: __VERSION__, theme, actAs, notifications: device.notifications, device };
  const page = mount(App, { target, props: { runner, host, router, theme, update, device, intakeGiven } });
}

function startRunner(): Promise<Runner> {
  const worker = () => new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' });
  return createRunner({ worker });
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
