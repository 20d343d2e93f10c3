// What a page registers, and a service worker is woken by.

/** For this database. */
export const syncTag = (database: string) => `errand:${database}`;
