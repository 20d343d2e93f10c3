// The rows of the table: what is measured, against what, and how much of it is enough.

/**
 * @typedef {object} Goal
 * @property {string} bench The benchmark that gives this row.
 * @property {string} what
 * @property {string} against
 * @property {string} unit
 * @property {'ours/limit' | 'limit/ours'} ratio
 * @property {number} [atLeast]
 * @property {number} [atMost]
 * @property {boolean} [onRequest] It takes long: only where it is asked for.
 * @property {number} [orOurs] Enough, too: our own figure is no more than this.
 */

/** @type {Record<string, Goal>} */
export const GOALS = {
  'no-ops': {
    bench: 'no-ops',
    what: 'no-op tasks, end to end',
    against: 'two raw batched puts a task',
    unit: '/s',
    ratio: 'ours/limit',
    atLeast: 0.7,
  },
  'map-items': {
    bench: 'map-items',
    what: 'items of a durable map',
    against: 'no-op tasks',
    unit: '/s',
    ratio: 'ours/limit',
    atLeast: 10,
  },
  'lone-enqueue': {
    bench: 'lone-enqueue',
    what: 'lone awaited enqueue',
    against: 'one raw strict put',
    unit: 'ms',
    ratio: 'limit/ours',
    atLeast: 0.5,
  },
  burst: {
    bench: 'burst',
    what: '1,000 enqueues at once',
    against: 'raw batched puts',
    unit: '/s',
    ratio: 'ours/limit',
    atLeast: 0.5,
  },
  start: {
    bench: 'start',
    what: 'idle enqueue → handler starts',
    against: 'raw strict put + message round',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 2.5,
  },
  'first-page': {
    bench: 'first-page',
    what: 'first page of 20 of 100,000',
    against: 'raw indexed getAll of 20',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 2,
  },
  'page-at-rest': atRest('first page'),
  'claim-at-rest': atRest('enqueue → result of a no-op'),
  'enqueue-at-rest': atRest('lone enqueue'),
  'ready-at-rest': atRest('engine ready'),
  'held-back': {
    bench: 'held-back',
    what: '1,000 ready tasks beside 99,000 held back',
    against: '1,000 alone',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 1.5,
  },
  restore: {
    bench: 'restore',
    what: 'deleted database of 100,000 made again',
    against: 'raw bulk put of its rows',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 1.3,
  },
  'log-bytes': {
    bench: 'log-bytes',
    what: 'log of a no-op, enqueue to end',
    against: 'its two rows as JSON',
    unit: 'bytes',
    ratio: 'ours/limit',
    atMost: 1,
  },
  'log-churn': {
    bench: 'log-churn',
    what: 'log after 200,000 tasks run and deleted',
    against: '4 MB',
    unit: 'MB',
    ratio: 'ours/limit',
    atMost: 1,
    onRequest: true,
  },
  photos: {
    bench: 'photos',
    what: 'photos of one batch, 2 slots',
    against: '1 slot',
    unit: '/s',
    ratio: 'ours/limit',
    atLeast: 1.7,
  },
  smooth: {
    bench: 'smooth',
    what: 'main thread late (p99), list open',
    against: 'idle page, equal load',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 2,
    orOurs: 50,
  },
  'search-first': {
    bench: 'search',
    what: 'first hits of a search of 100,000',
    against: '100 ms',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 1,
  },
  'search-whole': {
    bench: 'search',
    what: 'the whole search',
    against: 'raw getAll of the rows',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 1.5,
  },
  scroll: {
    bench: 'scroll',
    what: 'frame (p99), 100,000 tasks scrolled top to end',
    against: 'static list of its rows',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 1.5,
    orOurs: 50,
  },
  'rest-page': {
    bench: 'rest',
    what: 'GET a page of 20 of 100,000',
    against: 'raw getAll + empty fetch',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 2,
  },
  'rest-post': {
    bench: 'rest',
    what: 'POST one task',
    against: 'raw strict put + empty fetch',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 2,
  },
  'offline-paint': offline('first paint'),
  'offline-ready': offline('ready for input'),
  'offline-rows': offline('its rows there, and idle'),
  'outbox-burst': outbox('1,000 requests queued at once', 5),
  'outbox-lone': outbox('requests queued one by one, from a page', 1),
  'outbox-delivery': outbox('requests delivered', 2),
  'outbox-inside': { ...outbox('one by one, theirs inside its service worker', 1), bench: 'outbox-inside' },
  client: size("library client's size", 15),
  'first-load': size("app's first load", 110),
};

/** @param {string} what */
function atRest(what) {
  return /** @type {Goal} */ ({
    bench: 'at-rest',
    what: `${what}, 100,000 at rest`,
    against: '1,000 at rest',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 1.5,
  });
}

/** @param {string} what */
function offline(what) {
  return /** @type {Goal} */ ({
    bench: 'offline',
    what: `app started offline, 10,000 at rest: ${what}`,
    against: 'a blank precached page',
    unit: 'ms',
    ratio: 'ours/limit',
    atMost: 3,
  });
}

/**
 * @param {string} what
 * @param {number} atLeast
 */
function outbox(what, atLeast) {
  return /** @type {Goal} */ ({
    bench: 'outbox',
    what,
    against: 'workbox-background-sync',
    unit: '/s',
    ratio: 'ours/limit',
    atLeast,
  });
}

/**
 * @param {string} what
 * @param {number} kB
 */
function size(what, kB) {
  return /** @type {Goal} */ ({
    bench: 'sizes',
    what: `${what}, gzipped`,
    against: `${kB} kB`,
    unit: 'kB',
    ratio: 'ours/limit',
    atMost: 1,
  });
}
