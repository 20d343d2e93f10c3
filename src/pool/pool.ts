// The slots: as many workers as wanted, started when there is work for them, replaced when they die.

import type { Clock } from '../task/index.ts';
import type { HostSurface } from './protocol.ts';
import { Slot, type Thread } from './slot.ts';

export interface PoolSetup {
  database: string;
  size: number;
  clock: Clock;
  /** Starts the worker of one slot. */
  spawn: () => Thread;
  host: HostSurface;
  /** A slot has become free, or there is room for a new one. */
  onFree: () => void;
  /** No slot is there, and again and again none can be started. */
  onBroken: () => void;
}

/** Whoever leads has its pages' first questions to answer before that. */
const AHEAD_MS = 500;
const FIRST_RESPAWN_MS = 500;
const LAST_RESPAWN_MS = 30_000;
/** After so many failed starts in a row another engine may do better. */
const STARTS_TO_GIVE_UP = 3;

export class Pool {
  readonly #setup: PoolSetup;
  readonly #slots = new Set<Slot>();
  #size: number;
  #lastId = 0;
  /** Starts that failed in a row: a script that cannot be loaded must not be asked for in a tight loop. */
  #failedStarts = 0;
  #resting = false;
  #closed = false;

  constructor(setup: PoolSetup) {
    this.#setup = setup;
    this.#size = setup.size;
  }

  get slots(): readonly Slot[] {
    return [...this.#slots];
  }

  get size(): number {
    return this.#size;
  }

  /** A slot that takes an attempt now. Starts another one where there is room, for the next call. */
  free(): Slot | undefined {
    if (this.room === 0) return undefined;
    let starting = false;
    for (const slot of this.#slots) {
      if (slot.state === 'idle') return slot;
      starting ||= slot.state === 'starting' && !slot.isLate;
    }
    if (!starting) this.grow();
    return undefined;
  }

  /** How many attempts could start now if every slot were started. */
  get room(): number {
    let working = 0;
    for (const slot of this.#slots) if (slot.works) working += 1;
    return Math.max(0, this.#size - working);
  }

  /** How many slots stand ready for work. */
  get idle(): number {
    return this.slots.filter(({ state }) => state === 'idle').length;
  }

  /** The slots that do not end when their work is done. */
  get #staying(): number {
    let staying = 0;
    for (const slot of this.#slots) if (!slot.retiring) staying += 1;
    return staying;
  }

  /** Changes the number of slots: new ones start when needed, busy ones end when their work is done. */
  resize(size: number): void {
    this.#size = size;
    const kept = [...this.#slots].sort((a, b) => Number(b.state === 'busy') - Number(a.state === 'busy'));
    kept.forEach((slot, i) => {
      slot.retiring = i >= size;
    });
    this.#endRetired();
    this.#setup.onFree();
  }

  /** To be called when a slot's work is done. */
  settled(): void {
    this.#endRetired();
  }

  /** Has a slot ready for the first work, unless that has come by then. */
  growSoon(): void {
    this.#setup.clock.timer(() => {
      if (this.#slots.size === 0) this.grow();
    }, AHEAD_MS);
  }

  /** Starts one more slot if there is room. */
  grow(): void {
    if (this.#closed || this.#resting || this.#staying >= this.#size) return;
    const { spawn, database, host, clock } = this.#setup;
    let worker: Thread;
    try {
      worker = spawn();
    } catch {
      this.#rest();
      return;
    }
    const slot = new Slot({
      id: ++this.#lastId,
      worker,
      database,
      host,
      clock,
      onDeath: (dead) => this.#buried(dead),
      onLate: () => this.#setup.onFree(),
    });
    this.#slots.add(slot);
    slot.start().then(
      () => {
        this.#failedStarts = 0;
        this.#setup.onFree();
      },
      () => this.#rest(),
    );
  }

  close(): void {
    this.#closed = true;
    for (const slot of this.#slots) slot.end();
  }

  #endRetired(): void {
    for (const slot of this.#slots) {
      if (slot.retiring && !slot.works) slot.end();
    }
  }

  #buried(slot: Slot): void {
    this.#slots.delete(slot);
    if (!this.#closed) this.#setup.onFree();
  }

  get #hasStarted(): boolean {
    for (const slot of this.#slots) if (slot.state !== 'starting') return true;
    return false;
  }

  #rest(): void {
    if (this.#closed) return;
    this.#resting = true;
    const wait = Math.min(FIRST_RESPAWN_MS * 2 ** this.#failedStarts++, LAST_RESPAWN_MS);
    if (this.#failedStarts >= STARTS_TO_GIVE_UP && !this.#hasStarted) this.#setup.onBroken();
    this.#setup.clock.timer(() => {
      this.#resting = false;
      this.#setup.onFree();
    }, wait);
  }
}
