// What the log must stand: each of these has been seen to lose what was accepted.

import { beforeAll, describe, expect, test } from 'vitest';
import { SMALL } from './scenario/scripts.ts';
import { tablesOf } from './scenario/tables.ts';
import type * as Opened from './torn/store.ts';
import { type Script, scriptOf } from './world/script.ts';
import type { Fate, Op } from './world/storage/meter.ts';
import { World } from './world/world.ts';

const DATABASE = 'sim';
let store: Script;

beforeAll(async () => {
  store = await scriptOf(new URL('./torn/store.ts', import.meta.url), SMALL);
}, 60_000);

/** A world of stores, and what each test does with it. */
class Place {
  readonly world = new World({ scripts: { store } });

  open() {
    return this.world.play(this.world.newTab().open<typeof Opened>('store').openStore(DATABASE));
  }

  /** Decides the fate of what is done from now on. */
  decide(decide: (op: Op) => Fate): void {
    this.world.origin.meter.decide = decide;
  }

  /** The browser is killed and deletes the database; which tasks are there when it is opened again? */
  async idsAfterLoss(): Promise<string[]> {
    this.decide(() => 'done');
    this.world.crashAll();
    await this.world.origin.deleteDatabase(`errand:${DATABASE}`);
    await this.open();
    return this.ids();
  }

  async ids(): Promise<string[]> {
    const { tasks } = await tablesOf(this.world, DATABASE);
    return tasks.map(({ id }) => id);
  }
}

/** A place, ended when its test is. */
async function at(run: (place: Place) => Promise<void>): Promise<void> {
  const place = new Place();
  try {
    await run(place);
  } finally {
    place.world.end();
  }
}

const isInLog = ({ what }: Op) => what.includes(`errand/${DATABASE}/log/`);
const FULL = { fail: 'QuotaExceededError' };

describe('the log', () => {
  test('promise 1 is whole after two checkpoints with nothing written in between', () =>
    at(async (place) => {
      const { insert, checkpoint } = await place.open();
      await place.world.play(insert('mine'));
      await place.world.play(checkpoint());
      await place.world.play(checkpoint());
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));

  test('promise 1 keeps its whole checkpoint until the next is whole, even of the same commit', () =>
    at(async (place) => {
      const { insert, checkpoint } = await place.open();
      await place.world.play(insert('mine'));
      await place.world.play(checkpoint());
      let writes = 0;
      const isSecondWrite = ({ what }: Op) => what.startsWith('write') && what.includes('checkpoint') && ++writes === 2;
      place.decide((op) => (isSecondWrite(op) ? { crash: 'half' } : 'done'));
      void checkpoint();
      await place.world.pass(1_000);
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));

  test('promise 1 is found where the newest file has no header yet', () =>
    at(async (place) => {
      const { insert, checkpoint } = await place.open();
      await place.world.play(insert('mine'));
      place.decide(({ what }) => (what.startsWith('make') ? { crash: 'all' } : 'done'));
      void checkpoint();
      await place.world.pass(1_000);
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));

  test('promise 1 keeps what was logged before, where neither log nor database takes more', () =>
    at(async (place) => {
      const { insert } = await place.open();
      await place.world.play(insert('mine', 'x'.repeat(100)));
      place.decide(({ what, changes }) => (changes && /^(write|commit)/.test(what) ? FULL : 'done'));
      await expect(place.world.play(insert('more'))).rejects.toMatchObject({ code: 'quota-exceeded' });
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));

  test('promise 1 can be rolled again after a file could not be begun', () =>
    at(async (place) => {
      const { insert, checkpoint, logState } = await place.open();
      await place.world.play(insert('mine'));
      place.decide((op) => (isInLog(op) && op.what.startsWith('write 73 bytes at 0') ? FULL : 'done'));
      await expect(place.world.play(checkpoint())).rejects.toThrow();
      place.decide(() => 'done');
      await place.world.play(checkpoint());
      expect(logState()).toBe('kept');
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));

  test('promise 6 says that it is behind until a checkpoint is whole', () =>
    at(async (place) => {
      const { insert, checkpoint, logState } = await place.open();
      place.decide((op) => (isInLog(op) && op.what.startsWith('write') ? FULL : 'done'));
      await place.world.play(insert('mine'));
      expect(logState()).toBe('behind');
      place.decide((op) =>
        op.what.includes('open errand/sim/log/checkpoint') ? { fail: 'InvalidStateError' } : 'done',
      );
      await expect(place.world.play(checkpoint())).rejects.toThrow();
      expect(logState()).toBe('behind');
      place.decide(() => 'done');
      await place.world.play(checkpoint());
      expect(logState()).toBe('kept');
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));

  test('promise 1 takes back what a transaction logged that came to nothing, even from a file that is full', () =>
    at(async (place) => {
      const { insert } = await place.open();
      await place.world.play(insert('mine', 'x'.repeat(100)));
      let isRefused = false;
      place.decide(({ what }) => {
        if (what !== 'commit' || isRefused) return 'done';
        isRefused = true;
        return FULL;
      });
      const large = insert('large', 'x'.repeat(SMALL.ROLL_BYTES));
      await expect(place.world.play(large)).rejects.toMatchObject({ code: 'quota-exceeded' });
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));

  test('promise 1 gives back a database that was set back to before its last checkpoint', () =>
    at(async (place) => {
      const { insert, checkpoint } = await place.open();
      await place.world.play(insert('mine'));
      await place.world.play(checkpoint());
      place.world.crashAll();
      place.world.origin.cutPower();
      const { recovery } = await place.open();
      expect(recovery).toMatchObject({ kind: 'restored', count: 1 });
      expect(await place.ids()).toEqual(['mine']);
    }));
});
