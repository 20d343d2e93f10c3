// From photos somebody brought to one task: what was chosen, how to convert it, and the copying in.

import { createContext } from 'svelte';
import { IMAGE_CONVERT } from '../../handlers/index.ts';
import type { CopyProgress } from '../../runner/index.ts';
import type { Board } from '../board.svelte.ts';
import { INTAKE } from '../words.ts';
import { looksLikePicture } from './gather.ts';
import {
  DEFAULT_OPTIONS,
  FORMAT_NAMES,
  type ImageFormat,
  type ImageOptions,
  payloadOf,
  problemOf,
} from './image-options.ts';

export type IntakeState = 'empty' | 'reading' | 'chosen' | 'copying';

/** What the host hands in. */
export interface IntakeGiven {
  /** The formats that this browser can write, and the last choice made: found out while the page is there already. */
  readonly known: Promise<{ readonly formats: readonly ImageFormat[]; readonly options: ImageOptions }>;
  /** Called with the options of each task that was made. */
  remember(options: ImageOptions): void;
}

export const [getIntake, setIntake] = createContext<Intake>();

export class Intake {
  readonly #board: Board;
  readonly #given: IntakeGiven;
  #files = $state.raw<readonly File[]>([]);
  #leftOut = $state.raw<readonly File[]>([]);
  #copy = $state.raw<CopyProgress>();
  #reading = $state(0);
  #formats = $state.raw<readonly ImageFormat[]>([]);
  #options: ImageOptions = $state({ ...DEFAULT_OPTIONS });
  readonly #known: Promise<void>;
  #size = $derived(this.#files.reduce((sum, file) => sum + file.size, 0));
  #state = $derived.by((): IntakeState => {
    if (this.#copy !== undefined) return 'copying';
    if (this.#files.length > 0) return 'chosen';
    return this.#reading > 0 ? 'reading' : 'empty';
  });

  constructor(board: Board, given: IntakeGiven) {
    this.#board = board;
    this.#given = given;
    this.#known = given.known.then(({ formats, options }) => {
      this.#formats = formats;
      this.#options = this.#writable({ ...options, ...this.#chosen() });
    });
  }

  get state(): IntakeState {
    return this.#state;
  }

  get files(): readonly File[] {
    return this.#files;
  }

  /** The bytes of all chosen files. */
  get size(): number {
    return this.#size;
  }

  /** Files that came along but are no pictures, judging by their names. */
  get leftOut(): readonly File[] {
    return this.#leftOut;
  }

  get copy(): CopyProgress | undefined {
    return this.#copy;
  }

  get formats(): readonly ImageFormat[] {
    return this.#formats;
  }

  /** What to make of the photos. Bind to its fields. */
  get options(): ImageOptions {
    return this.#options;
  }

  /** What stands in the way of starting, if anything. */
  get problem(): ReturnType<typeof problemOf> {
    return problemOf(this.#files.length, this.#options);
  }

  /** Adds files, or a promise of them. Those that are no pictures are left out, and said to be. */
  async add(coming: readonly File[] | Promise<readonly File[]>): Promise<void> {
    this.#reading += 1;
    try {
      const files = await coming;
      if (this.#copy !== undefined) return;
      this.#files = [...this.#files, ...files.filter(looksLikePicture)];
      this.#leftOut = [...this.#leftOut, ...files.filter((file) => !looksLikePicture(file))];
    } catch (error) {
      this.#board.toasts.tell(error);
    } finally {
      this.#reading -= 1;
    }
  }

  /** Takes in what was left out: a name may mislead, the decoder decides. */
  takeLeftOut(): void {
    this.#files = [...this.#files, ...this.#leftOut];
    this.#leftOut = [];
  }

  /** Starts over, with an undo. */
  discard(): void {
    const [files, leftOut] = [this.#files, this.#leftOut];
    this.#files = [];
    this.#leftOut = [];
    if (files.length === 0) return;
    const undo = () => {
      this.#files = [...files, ...this.#files];
      this.#leftOut = [...leftOut, ...this.#leftOut];
    };
    this.#board.toasts.show({ text: INTAKE.cleared(files.length), undo });
  }

  /** Copies the files in and makes the task. Resolves with its id, or with nothing when it was refused. */
  async start(): Promise<string | undefined> {
    if (this.#state !== 'chosen' || this.problem !== undefined) return undefined;
    const chosen = $state.snapshot(this.#options);
    const files = [...this.#files];
    this.#copy = { copiedBytes: 0, totalBytes: this.#size };
    try {
      await this.#known;
      const options = this.#writable(chosen);
      const id = await this.#enqueue(files, options);
      this.#given.remember(options);
      this.#files = [];
      this.#leftOut = [];
      return id;
    } catch (error) {
      this.#board.toasts.tell(error);
      return undefined;
    } finally {
      this.#copy = undefined;
    }
  }

  /** What somebody has chosen before it was known what they chose last. */
  #chosen(): Partial<ImageOptions> {
    const chosen = Object.entries($state.snapshot(this.#options));
    return Object.fromEntries(chosen.filter(([key, value]) => DEFAULT_OPTIONS[key as keyof ImageOptions] !== value));
  }

  #writable(options: ImageOptions): ImageOptions {
    const { format } = options;
    return { ...options, format: this.#formats.includes(format) ? format : (this.#formats[0] ?? 'jpeg') };
  }

  async #enqueue(files: File[], options: ImageOptions): Promise<string> {
    const name = INTAKE.batchName(files.length, FORMAT_NAMES[options.format]);
    const onCopy = (copy: CopyProgress) => {
      this.#copy = copy;
    };
    const handle = await this.#board.runner.enqueue(IMAGE_CONVERT, payloadOf(files, options), { name, onCopy });
    return handle.id;
  }
}
