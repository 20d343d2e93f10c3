// One origin of the simulated world: what its tabs share, and what outlives them.

import { Channels } from './channels.ts';
import type { Chance } from './chance.ts';
import { Locks } from './locks.ts';
import type { Scheduler } from './scheduler.ts';
import { Databases } from './storage/databases.ts';
import { FolderNode } from './storage/disk.ts';
import { Meter } from './storage/meter.ts';

export class Origin {
  readonly scheduler: Scheduler;
  readonly meter = new Meter();
  readonly databases = new Databases(this.meter, 'database');
  /** The databases of its storage bucket, which share no fate with the others. */
  readonly bucket = new Databases(this.meter, 'bucket');
  readonly disk = new FolderNode();
  readonly locks = new Locks();
  readonly channels = new Channels();
  readonly #chance: Chance;

  constructor(scheduler: Scheduler, drawn: Chance) {
    this.scheduler = scheduler;
    this.#chance = drawn;
  }

  /** A seed for one realm. */
  drawSeed(): number {
    return this.#chance.below(0x1_0000_0000);
  }

  /** So far is the clock on the wall from the time that passes: it may be set either way. */
  wallOffsetMs = 0;
  isOnline = true;
  /** Whether there is an origin private file system: some browsers have none in private windows. */
  hasFolders = true;
  /** Whether files can be written at once; where they cannot, as in a service worker, there are storage buckets. */
  hasSyncFiles = true;

  get wallNow(): number {
    return this.scheduler.now + this.wallOffsetMs;
  }

  /** What `navigator.storage.estimate` says. */
  estimate: () => StorageEstimate = () => ({ quota: 2 ** 30, usage: 0 });

  /** Deletes a database, as Chromium may when it finds it damaged. Nobody may have it open. */
  async deleteDatabase(name: string): Promise<void> {
    const request = this.databases.unwatched.deleteDatabase(name);
    let isGone = false;
    request.addEventListener('success', () => (isGone = true));
    if (!(await this.scheduler.until(() => isGone))) throw new Error(`${name} could not be deleted.`);
  }

  /** The power goes: what was neither flushed nor committed `strict` is gone. Nobody may have anything open. */
  cutPower(): void {
    this.databases.cutPower();
    this.bucket.cutPower();
    for (const [, file] of this.disk.files()) file.cutPower();
  }
}
