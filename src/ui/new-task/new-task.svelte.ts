// The form for a new task: what was typed, what is wrong with it, and the enqueue. What was typed is kept until the task is
// made or somebody starts over: while one looks elsewhere in this tab, and over a reload, then without the files.

import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { HTTP_REQUEST } from '../../handlers/index.ts';
import type { CopyProgress, Runner, TypeView } from '../../runner/index.ts';
import { type EnqueueOptions, systemClock } from '../../task/index.ts';
import { readJson } from '../parts/json-text.ts';
import { blankDraft, type Draft, optionsOf } from './draft.ts';
import { faultIn, type Faults, faultsOf } from './faults.ts';
import { blankHttp, httpPayload, type HttpRaw } from './http-form.ts';
import { keptForm, keepForm } from './kept.ts';
import { blankOf, fieldsOf, payloadOf, type RawGroup } from './payload-form.ts';

/** What was typed of the payload of one type. */
export interface PayloadDraft {
  raw: RawGroup;
  json: string;
  asJson: boolean;
}

const CHECKED_MS = 250;
const ELSEWHERE: readonly string[] = ['payload', 'dependsOn', 'parentId', 'type'];

export class NewTask {
  #runner: Runner;
  #types = $state.raw<readonly TypeView[]>();
  #type = $state('');
  #draft = $state<Draft>(blankDraft(timeZoneHere()));
  #payloads = new SvelteMap<string, PayloadDraft>();
  #touched = new SvelteSet<string>();
  #remote = $state.raw<{ field: string; message: string }>();
  #isTried = $state(false);
  #copy = $state.raw<CopyProgress>();
  #isBusy = $state(false);
  #stopTimer = () => {};
  #checks = 0;

  readonly #options: EnqueueOptions = $derived(optionsOf(this.#draft));
  readonly #read = $derived.by(() => this.#readPayload());
  readonly #faults: Faults = $derived.by(() => this.#allFaults());

  constructor(runner: Runner) {
    this.#runner = runner;
    const kept = keptForm();
    if (kept === undefined) return;
    this.#type = kept.type;
    Object.assign(this.#draft, kept.draft);
    for (const [type, payload] of kept.payloads) this.#payloads.set(type, payload);
  }

  get types(): readonly TypeView[] {
    return this.#types ?? [];
  }

  /** It is known which types there are. */
  get isLoaded(): boolean {
    return this.#types !== undefined;
  }

  get type(): string {
    return this.#type;
  }

  /** The chosen type, if it is registered here. */
  get view(): TypeView | undefined {
    return this.types.find(({ type }) => type === this.#type);
  }

  /** All that is said beside the payload, to be bound to. */
  get draft(): Draft {
    return this.#draft;
  }

  /** What is typed of the payload of the chosen type. */
  get payload(): PayloadDraft | undefined {
    return this.#payloads.get(this.#type);
  }

  /** Whether there is a form for the payload of the chosen type, and not only JSON. */
  get hasForm(): boolean {
    return this.#type === HTTP_REQUEST || fieldsOf(this.view?.payload ?? {}) !== undefined;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  get copy(): CopyProgress | undefined {
    return this.#copy;
  }

  /** How much is to be corrected, once somebody has tried. */
  get faultCount(): number {
    return this.#isTried ? this.#faults.size : 0;
  }

  /** Asks which types there are. */
  async load(): Promise<void> {
    this.#types = await this.#runner.types();
    if (this.#type !== '') this.choose(this.#type);
  }

  choose(type: string): void {
    this.#type = type;
    this.#remote = undefined;
    const schema = this.view?.payload ?? {};
    const blank: RawGroup = type === HTTP_REQUEST ? blankHttp() : blankOf(schema);
    const kept = this.#payloads.get(type);
    const payload = $state<PayloadDraft>({
      raw: { ...blank, ...kept?.raw },
      json: kept?.json ?? '',
      asJson: kept?.asJson ?? false,
    });
    this.#payloads.set(type, payload);
  }

  /** What is wrong with a field, once it was touched or somebody has tried; that of its parts, too. */
  faultOf(field: string): string | undefined {
    if (!this.#isTried && !this.#touched.has(field)) return undefined;
    for (const [at, message] of this.#faults) if (at === field || at.startsWith(`${field}.`)) return message;
    return undefined;
  }

  /** Somebody has been at a field: from now on it is said what is wrong with it. */
  touch(field: string): void {
    this.#touched.add(field);
  }

  /** Has the engine look at what only it can check, a moment after the last change. To be called in an effect. */
  checkSoon(): void {
    const [type, payload, { dependsOn }] = [this.#type, this.#read.value, this.#options];
    keepForm({ type, draft: this.#draft, payloads: this.#payloads });
    this.#stopTimer();
    if (type === '') return;
    const check = ++this.#checks;
    this.#stopTimer = systemClock.timer(() => {
      this.#runner.check(type, payload, dependsOn === undefined ? {} : { dependsOn }).then(
        () => this.#note(check, undefined),
        (error: unknown) => this.#note(check, error),
      );
    }, CHECKED_MS);
  }

  /** Makes the task. Resolves with its id, or with nothing where something is to be corrected. */
  async create(): Promise<string | undefined> {
    this.#isTried = true;
    if (this.#isBusy || this.#type === '' || this.#localFaults().size > 0) return undefined;
    this.#isBusy = true;
    try {
      const onCopy = (copy: CopyProgress) => {
        this.#copy = copy;
      };
      const { id } = await this.#runner.enqueue(this.#type, this.#read.value, { ...this.#options, onCopy });
      this.reset();
      return id;
    } catch (error) {
      this.#note(this.#checks, error);
      if (this.#remote === undefined) throw error;
      return undefined;
    } finally {
      this.#isBusy = false;
      this.#copy = undefined;
    }
  }

  /** Forgets all that was typed. Returns what brings it back. */
  reset(): () => void {
    const [type, draft, payloads] = [this.#type, $state.snapshot(this.#draft), [...this.#payloads]];
    this.#type = '';
    this.#payloads.clear();
    this.#touched.clear();
    this.#isTried = false;
    this.#remote = undefined;
    Object.assign(this.#draft, blankDraft(timeZoneHere()));
    keepForm(undefined);
    return () => {
      this.#type = type;
      Object.assign(this.#draft, draft);
      for (const [of, payload] of payloads) this.#payloads.set(of, payload);
    };
  }

  #note(check: number, error: unknown): void {
    if (check !== this.#checks) return;
    const [field, message] = faultIn(error) ?? [];
    const isOurs = field !== undefined && ELSEWHERE.includes(field.split('.', 1)[0] ?? '');
    this.#remote = isOurs && message !== undefined ? { field, message } : undefined;
  }

  #readPayload(): { value: unknown; faults: Faults } {
    const faults = new Map<string, string>();
    const { payload } = this;
    if (payload === undefined) return { value: undefined, faults };
    if (payload.asJson || !this.hasForm) {
      const { fault, ...read } = readJson(payload.json);
      if (fault !== undefined) faults.set('payload', fault);
      return { value: 'value' in read ? read.value : undefined, faults };
    }
    if (this.#type === HTTP_REQUEST) return { value: httpPayload(payload.raw as HttpRaw, faults), faults };
    return { value: payloadOf(this.view?.payload ?? {}, payload.raw, faults), faults };
  }

  #localFaults(): Faults {
    return new Map([...faultsOf(this.#options, systemClock.now()), ...this.#read.faults]);
  }

  #allFaults(): Faults {
    const local = this.#localFaults();
    const remote = this.#remote;
    return remote === undefined || local.has(remote.field)
      ? local
      : new Map([...local, [remote.field, remote.message]]);
  }
}

function timeZoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
