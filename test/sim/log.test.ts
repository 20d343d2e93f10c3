// What the log must stand: each of these has been seen to lose what was accepted.

import { beforeAll, describe, expect, test } from 'vitest';
import { SMALL } from './scenario/scripts.ts';
import { tablesOf } from './scenario/tables.ts';
import type * as Opened from './torn/store.ts';
import { type Script, scriptOf } from './world/script.ts';
import type { Fate, Op } from './world/storage/meter.ts';
import type { FileNode } from './world/storage/disk.ts';
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

  /** The browser is killed and deletes the database. */
  async lose(): Promise<void> {
    this.decide(() => 'done');
    this.world.crashAll();
    await this.world.origin.deleteDatabase(`errand:${DATABASE}`);
  }

  /** Which tasks are there when it is opened again after that? */
  async idsAfterLoss(): Promise<string[]> {
    await this.lose();
    await this.open();
    return this.ids();
  }

  /** The files of the log, by name. */
  logs(): Map<string, FileNode> {
    const files = [...this.world.origin.disk.files()].filter(([path]) => path.includes('/log/'));
    return new Map(files.map(([path, file]) => [path.slice(path.lastIndexOf('/') + 1), file]));
  }

  /** Changes the first byte of a text in the log: nothing of the entry that holds it is believed any more. */
  damage(text: string): void {
    for (const file of this.logs().values()) {
      const at = Buffer.from(file.content()).indexOf(text);
      if (at !== -1) file.write(Uint8Array.of(0), at, 0);
    }
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

/** Some time after anything that is to be made up for. */
const LATER_MS = 30_000;

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
      const large = insert('large', 'x'.repeat(SMALL.FULL_BYTES));
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

describe('a hole in the log', () => {
  const holed = async (place: Place) => {
    const opened = await place.open();
    for (const id of ['first', 'second', 'third']) await place.world.play(opened.insert(id));
    place.damage('second');
    return opened;
  };

  test('promise 1 is found by a scrub while the database is whole, and made up for', () =>
    at(async (place) => {
      const { scrub, logState, logProvenAt } = await holed(place);
      expect(logProvenAt()).toBeUndefined();
      await place.world.play(scrub());
      expect(logState()).toBe('kept');
      expect(logProvenAt()).toBeDefined();
      expect((await place.idsAfterLoss()).sort()).toEqual(['first', 'second', 'third']);
    }));

  test('promise 1 is found when the database is opened', () =>
    at(async (place) => {
      await holed(place);
      place.world.crashAll();
      await place.open();
      await place.world.pass(LATER_MS);
      expect((await place.idsAfterLoss()).sort()).toEqual(['first', 'second', 'third']);
    }));

  test('a scrub leaves a log alone that is whole, even while others write', () =>
    at(async (place) => {
      const { insert, checkpoint, scrub } = await place.open();
      const other = await place.open();
      await place.world.play(insert('mine'));
      await place.world.play(checkpoint());
      await place.world.play(other.insert('theirs'));
      const before = [...place.logs().keys()];
      const scrubbed = scrub();
      await place.world.play(Promise.all([scrubbed, other.insert('more')]));
      expect([...place.logs().keys()]).toEqual(before);
    }));

  test('promise 5 and 6 is told of where it is too late, and what may have run there says so', () =>
    at(async (place) => {
      await holed(place);
      await place.lose();
      const { recovery } = await place.open();
      expect(recovery).toMatchObject({ kind: 'restored', isWhole: false });
      const { tasks } = await tablesOf(place.world, DATABASE);
      const doubts = Object.fromEntries(tasks.map(({ id, mayHaveRun = false }) => [id, mayHaveRun]));
      expect(doubts).toEqual({ first: true, third: false });
    }));

  test('promise 6 is told of where the last bytes of a file are not what they were', () =>
    at(async (place) => {
      const { insert } = await place.open();
      for (const id of ['first', 'last']) await place.world.play(insert(id));
      place.damage('last');
      await place.lose();
      expect((await place.open()).recovery).toMatchObject({ kind: 'restored', count: 1, isWhole: false });
    }));
});

describe('two entries of one number', () => {
  /** One died between log and database; another took its number. */
  const doubled = async (place: Place) => {
    const one = await place.open();
    const two = await place.open();
    place.decide(({ tab, what }) => (tab === 'tab1' && what === 'commit' ? { crash: 'nothing' } : 'done'));
    void one.insert('never');
    await place.world.pass(1_000);
    place.decide(() => 'done');
    await place.world.play(two.insert('mine'));
    return two;
  };

  test('promise 1 the later of them is true, where no other follows', () =>
    at(async (place) => {
      await doubled(place);
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));

  test('promise 1 one alone is not taken for the other', () =>
    at(async (place) => {
      await doubled(place);
      place.world.crashAll();
      place.damage('mine');
      await place.open();
      await place.world.pass(LATER_MS);
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));
});

describe('where the log cannot be written', () => {
  const refuse = (place: Place) => place.decide((op) => (isInLog(op) && op.what.startsWith('write') ? FULL : 'done'));

  test('promise 1 what is waited for is on the disk of the database, from the first entry that fails', () =>
    at(async (place) => {
      const { insert } = await place.open();
      await place.world.play(insert('before'));
      refuse(place);
      await place.world.play(insert('mine'));
      place.world.crashAll();
      place.world.origin.cutPower();
      place.decide(() => 'done');
      await place.open();
      expect((await place.ids()).sort()).toEqual(['before', 'mine']);
    }));

  test('promise 1 it catches up by itself, with no other commit', () =>
    at(async (place) => {
      const { insert, logState } = await place.open();
      refuse(place);
      await place.world.play(insert('mine'));
      await place.world.pass(LATER_MS);
      expect(logState()).toBe('behind');
      place.decide(() => 'done');
      await place.world.pass(2 * LATER_MS);
      expect(logState()).toBe('kept');
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));

  test('promise 1 an engine that could not begin its file begins it later', () =>
    at(async (place) => {
      refuse(place);
      const { insert, logState } = await place.open();
      expect(logState()).toBe('behind');
      place.decide(() => 'done');
      await place.world.play(insert('mine'));
      await place.world.pass(LATER_MS);
      expect(logState()).toBe('kept');
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));

  test('a checkpoint that fails leaves nothing behind', () =>
    at(async (place) => {
      const { insert, checkpoint } = await place.open();
      await place.world.play(insert('mine'));
      let writes = 0;
      const isSecond = ({ what }: Op) => what.startsWith('write') && what.includes('checkpoint') && ++writes === 2;
      place.decide((op) => (isSecond(op) ? FULL : 'done'));
      await expect(place.world.play(checkpoint())).rejects.toThrow();
      expect([...place.logs().keys()].filter((name) => name.startsWith('checkpoint'))).toEqual([]);
    }));
});

describe('a checkpoint', () => {
  test('promise 1 has what its newest rows come from on the disk before it is whole', () =>
    at(async (place) => {
      const { insert, checkpoint } = await place.open();
      await place.world.play(insert('mine'));
      let loose: Promise<void> | undefined;
      place.decide(({ what }) => {
        if (what.startsWith('write') && what.includes('checkpoint')) loose ??= insert('loose', '', { loosely: true });
        return 'done';
      });
      await place.world.play(checkpoint());
      await loose;
      place.world.crashAll();
      place.world.origin.cutPower();
      await place.lose();
      expect((await place.open()).recovery).toEqual({ kind: 'restored', count: 2, isWhole: true });
    }));

  test('that was not ended does not count: what was removed goes from the log all the same', () =>
    at(async (place) => {
      const { insert, remove, checkpoint } = await place.open();
      await place.world.play(insert('other'));
      await place.world.play(insert('mine', 'a secret'));
      await place.world.play(remove('mine'));
      let writes = 0;
      const isSecond = ({ what }: Op) => what.startsWith('write') && what.includes('checkpoint') && ++writes === 2;
      place.decide((op) => (isSecond(op) ? { crash: 'nothing' } : 'done'));
      void checkpoint();
      await place.world.pass(1_000);
      place.decide(() => 'done');
      await place.open();
      await place.world.pass(LATER_MS);
      const texts = [...place.logs().values()].map((file) => Buffer.from(file.content()).toString('latin1'));
      expect(texts.filter((text) => text.includes('a secret'))).toEqual([]);
    }));

  test('promise 1 is not deleted, nor what belongs to an engine that is just being opened', () =>
    at(async (place) => {
      const { checkpoint } = await place.open();
      let made: Promise<void> | undefined;
      // Between a file and the lock that says whose it is, another engine looks what is superfluous.
      place.decide(({ tab, what }) => {
        if (tab === 'tab2' && what.startsWith('write 73 bytes at 0')) made = checkpoint();
        return 'done';
      });
      const { insert } = await place.open();
      await place.world.play(insert('mine'));
      await place.world.play(Promise.resolve(made));
      expect(await place.idsAfterLoss()).toEqual(['mine']);
    }));
});
