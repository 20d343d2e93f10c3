// `<errand-board>`: the board, or a part of it, on somebody else's page. A thin element by hand: it starts or joins an engine,
// mounts the component into its shadow, adopts its sheet, and takes all of it down again.

import { mount, unmount } from 'svelte';
import { IMAGE_CONVERT, supportedImageFormats } from '../handlers/index.ts';
import type { Principal, Role, Runner } from '../runner/index.ts';
import type { ListQuery, TaskDefinition } from '../task/index.ts';
import { addressOf, DEFAULT_OPTIONS, filterOf } from '../ui/index.ts';
import { type BoardMode, join, type Started } from './engines.ts';
import Frame from './Frame.svelte';
import type { InnerLinks } from './inner-links.svelte.ts';
import { boardSheet } from './sheet.ts';
import { telling } from './telling-runner.ts';
import { ELEMENT } from './words.ts';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/choices.css';

export const BOARD_VIEWS = ['board', 'tasks', 'task', 'recent'] as const;
/** The whole board, a list, one task (`task-id`), or the few tasks a person most likely looks for. */
export type BoardView = (typeof BOARD_VIEWS)[number];

/** What the list of `view="tasks"` shows. */
export type BoardFilter = Pick<ListQuery, 'status' | 'search'>;

declare global {
  interface HTMLElementTagNameMap {
    'errand-board': ErrandBoard;
  }
}

/** The package's version: set by its build. */
declare const __VERSION__: string;

const ROLES: readonly Role[] = ['admin', 'operator', 'viewer'];
const RESTARTING = new Set(['database', 'worker-url', 'user', 'role', 'view', 'task-id']);
/** On a server there are no elements; the class may be imported there all the same. */
const Base = typeof HTMLElement === 'undefined' ? (Object as unknown as typeof HTMLElement) : HTMLElement;

/**
 * Attributes: `database` (default `default`), `user` and `role` (default: whoever the database was last used by), `view`
 * (`board`, `tasks`, `task`, `recent`), `task-id`, `worker-url` (a file of this origin that calls `serve`), `theme` (`auto`,
 * `light`, `dark`). Properties: `runner` (one of your own; set it before the element is connected, or at any time), `filter`,
 * `mode`. Events, bubbling and composed: `errand-ready`, `errand-enqueued`, `errand-finished`, `errand-error`,
 * and of `view="recent"`, which shows no place, `errand-open`. Parts: `board`,
 * `nav`, `content`, `error`. Slots: `header`, and `empty` for the list with nothing in it. Every colour and size is a `--errand-*` property.
 * @example <errand-board database="shop" user="ana" role="viewer" view="tasks"></errand-board>
 */
export class ErrandBoard extends Base {
  static readonly observedAttributes = ['database', 'user', 'role', 'view', 'task-id', 'worker-url', 'theme'];
  static readonly version = __VERSION__;
  static #definitions: readonly TaskDefinition[] = [];
  static #selfUrl: string | undefined;

  #given: Runner | undefined;
  #current: Runner | undefined;
  #filter: BoardFilter = {};
  #mode: BoardMode | undefined;
  #links: InnerLinks | undefined;
  #stop: (() => void) | undefined;
  #isDue = false;
  #isChanged = false;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #internals: ElementInternals;

  /** Of the standalone file: it serves these types, in a worker that is started from its own address, or in the page. */
  static serves(definitions: readonly TaskDefinition[], selfUrl: string): void {
    ErrandBoard.#definitions = definitions;
    ErrandBoard.#selfUrl = selfUrl;
  }

  constructor() {
    super();
    this.#internals = this.attachInternals();
    const shadow = this.attachShadow({ mode: 'open', delegatesFocus: false });
    shadow.adoptedStyleSheets = [boardSheet()];
  }

  /** The runner in use, once there is one. One that you set is yours: the board uses it, and does not close it. */
  get runner(): Runner | undefined {
    return this.#given ?? this.#current;
  }

  set runner(runner: Runner | undefined) {
    if (runner === this.#given) return;
    this.#given = runner;
    this.#restart();
  }

  /** What the list shows. */
  get filter(): BoardFilter {
    return this.#filter;
  }

  set filter(filter: BoardFilter) {
    this.#filter = filter;
    this.#links?.replace(this.#startPath);
  }

  get view(): BoardView {
    return BOARD_VIEWS.find((view) => view === this.getAttribute('view')) ?? 'board';
  }

  set view(view: BoardView) {
    this.setAttribute('view', view);
  }

  // Frameworks set properties where there are some: these are the attributes by another name.
  get database(): string {
    return this.getAttribute('database') ?? 'default';
  }

  set database(database: string) {
    this.setAttribute('database', database);
  }

  get taskId(): string {
    return this.getAttribute('task-id') ?? '';
  }

  set taskId(id: string) {
    this.setAttribute('task-id', id);
  }

  get workerUrl(): string | undefined {
    return this.getAttribute('worker-url') ?? undefined;
  }

  set workerUrl(url: string | undefined) {
    if (url === undefined) this.removeAttribute('worker-url');
    else this.setAttribute('worker-url', url);
  }

  /** Which mode was reached; `undefined` before `errand-ready`. */
  get mode(): BoardMode | undefined {
    return this.#mode;
  }

  connectedCallback(): void {
    this.#dark.addEventListener('change', this.#paint);
    this.#paint();
    this.#settle();
  }

  disconnectedCallback(): void {
    this.#dark.removeEventListener('change', this.#paint);
    this.#settle();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (name === 'theme') this.#paint();
    if (RESTARTING.has(name)) this.#restart();
  }

  readonly #paint = (): void => {
    const theme = this.getAttribute('theme');
    const isDark = theme === 'dark' || (theme !== 'light' && this.#dark.matches);
    this.#internals.states[isDark ? 'add' : 'delete']('dark');
  };

  /** Begins anew, once for all that changes at a time. */
  #restart(): void {
    this.#isChanged = true;
    this.#settle();
  }

  /** One that is only moved is gone and there again by then, and stays as it is. */
  #settle(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      const { isConnected } = this;
      if (this.#stop !== undefined && (this.#isChanged || !isConnected)) {
        this.#stop();
        this.#stop = undefined;
        this.#mode = undefined;
      }
      this.#isChanged = false;
      if (isConnected) this.#stop ??= this.#start();
    });
  }

  /** Returns what ends it, whatever it has come to. */
  #start(): () => void {
    let isOver = false;
    const ends: (() => void)[] = [() => (isOver = true)];
    const starting = this.#given === undefined ? this.#joined(ends) : givenBy(this.#given);
    starting
      .then(async (started) => {
        const { types } = await started.runner.status();
        const hasStart = types.some(({ type }) => type === IMAGE_CONVERT);
        if (!isOver) ends.push(this.#show(started, hasStart));
      })
      .catch((error: unknown) => {
        if (!isOver) ends.push(this.#fail(error));
      });
    return () => {
      for (const end of ends.toReversed()) end();
    };
  }

  #joined(ends: (() => void)[]): Promise<Started> {
    const [definitions, selfUrl] = [ErrandBoard.#definitions, ErrandBoard.#selfUrl];
    const { database, workerUrl } = this;
    const { started, leave } = join({ database, workerUrl, selfUrl, definitions });
    ends.push(leave);
    return started;
  }

  #show({ runner, mode, failures }: Started, hasStart: boolean): () => void {
    const principal = this.#principal(runner);
    const mine = telling(principal === undefined ? runner : runner.as(principal), (task) => {
      this.#tell('errand-enqueued', task);
    });
    const stopTelling = runner.onFinished((task) => {
      this.#tell('errand-finished', { task });
    });
    const frame = mount(Frame, {
      target: this.shadowRoot ?? this,
      props: {
        runner: mine,
        view: this.view,
        version: __VERSION__,
        start: this.#startPath,
        intakeGiven: { known: knownOfImages(), remember: () => undefined },
        hasStart,
        onopen: (path: string) => {
          this.#tell('errand-open', { path });
        },
        onlinks: (links: InnerLinks) => (this.#links = links),
      },
    });
    this.#mode = mode;
    this.#current = mine;
    this.#tell('errand-ready', { mode, failures: failures.map(String) });
    return () => {
      this.#links = undefined;
      this.#current = undefined;
      stopTelling();
      void unmount(frame);
    };
  }

  #fail(error: unknown): () => void {
    const note = document.createElement('p');
    note.setAttribute('role', 'alert');
    note.setAttribute('part', 'error');
    note.textContent = `${ELEMENT.failed} ${error instanceof Error ? error.message : String(error)}`;
    this.shadowRoot?.append(note);
    this.#tell('errand-error', { error });
    return () => {
      note.remove();
    };
  }

  get #startPath(): string {
    if (this.view === 'task') return `/tasks/${encodeURIComponent(this.taskId)}`;
    const { status, search = '' } = this.#filter;
    const asked = new URLSearchParams({ ...(status !== undefined && { status: String(status) }), q: search });
    return `/tasks${addressOf(filterOf(asked))}`;
  }

  #principal(runner: Runner): Principal | undefined {
    const user = this.getAttribute('user');
    const role = ROLES.find((each) => each === this.getAttribute('role'));
    if (user === null && role === undefined) return undefined;
    return { user: user ?? runner.principal.user, role: role ?? 'viewer' };
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** The element remembers no choice. */
async function knownOfImages() {
  return { formats: await supportedImageFormats(), options: DEFAULT_OPTIONS };
}

async function givenBy(runner: Runner): Promise<Started> {
  return Promise.resolve({ runner, mode: 'given', failures: [] });
}
