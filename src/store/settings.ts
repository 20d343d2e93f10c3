// Settings live in the database, so that whoever leads has them, and a change reaches it as any other does.

import type { Operation } from './commit.ts';
import type { HeadRow } from './schema.ts';

/** Changes settings; says what they are now. */
export function configure(settings: Partial<HeadRow['settings']>): Operation<HeadRow['settings']> {
  return {
    durable: true,
    apply: (work) => {
      work.head.settings = { ...work.head.settings, ...settings };
      work.headChanged = true;
      return work.head.settings;
    },
  };
}
