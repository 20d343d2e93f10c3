// Runs in the page: a life's worth of tasks, so that no picture is of an empty room. Gives their ids by name.

/** @returns {Promise<Record<string, string>>} */
export async function furnish() {
  const { errand } = /** @type {{ errand: import('../../src/index.ts').Runner }} */ (/** @type {unknown} */ (window));
  const hour = 3_600_000;
  /** @param {string} name @param {number} n */
  const named = (name, n) => `${name} ${n}`;
  const later = ['Backup of notes', 'Letters to print', 'Invoices', 'Summer album', 'Site check', 'Receipts'];
  const items = Array.from({ length: 240 }, (_, n) => ({
    type: n % 4 === 1 ? 'demo.fail' : 'demo.steps',
    options: {
      name: named(later[n % later.length] ?? '', n + 1),
      tags: n % 5 === 0 ? ['home'] : n % 7 === 0 ? ['work', 'tax'] : [],
      schedule: { at: Date.now() + (n + 1) * hour },
      ...(n % 9 === 0 && { priority: /** @type {const} */ ('high') }),
      ...(n % 13 === 0 && { priority: /** @type {const} */ ('low') }),
    },
  }));
  const waiting = await errand.enqueueMany(items);
  await errand.bulk('cancel', { ids: waiting.slice(0, 30).map(({ id }) => id) });
  const files = ['notes.txt', 'thesis.pdf', 'album.zip'].map((name) => new File([name.repeat(2_000)], name));
  const recurring = [
    errand.enqueue('demo.steps', undefined, { name: 'Every morning', schedule: { cron: '0 7 * * *' }, tags: ['home'] }),
    errand.enqueue('demo.steps', undefined, { name: 'Look for new mail', schedule: { everyMs: 15 * 60_000 } }),
    errand.enqueue('demo.steps', undefined, { name: 'When the network is back', schedule: { on: 'online' } }),
  ];
  const [morning] = await Promise.all(recurring);
  const ends = [
    errand.enqueue('demo.fail', undefined, { name: 'One that fails' }),
    errand.enqueue('demo.crash', undefined, { name: 'One that kills its worker' }),
    errand.enqueue('file.hash', { files, checksumFile: true }, { name: 'Hashes of 3 files' }),
    errand.enqueue('demo.steps', undefined, { name: 'Weekly report', priority: 'high' }),
  ];
  const made = await Promise.all(ends);
  if (morning !== undefined) await errand.runNow(morning.id);
  await Promise.all(made.map(({ id }) => errand.wait(id, { timeoutMs: 30_000 })));
  await errand.enqueue('demo.hang', undefined, { name: 'Going round in circles', description: 'It times out.' });
  const all = await errand.list({ sortBy: 'createdAt', sortOrder: 'desc', limit: 20 });
  return Object.fromEntries(all.tasks.map(({ id, name }) => [name, id]));
}
