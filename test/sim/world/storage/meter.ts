// Every operation on storage is counted here, before it is done, and here its fate is decided: done, refused, or the
// end of its tab.

import type { Lands, Realm } from '../realm.ts';

/** The site's databases, its files, and the databases in its storage bucket. */
export type Area = 'database' | 'files' | 'bucket';

/** One operation on storage. */
export interface Op {
  tab: string;
  /** Counts from 1, in each tab. */
  k: number;
  realm: string;
  area: Area;
  what: string;
  /** It changes what is kept, or ends a change. */
  changes: boolean;
}

/**
 * What becomes of an operation: it fails with an error of that name, or it is done and said to have failed, or its tab
 * crashes in the middle of it.
 */
export type Fate = 'done' | { fail: string } | { unheard: string } | { crash: Lands };

/** What whoever does the operation is told. */
export type Verdict =
  { kind: 'done' } | { kind: 'fail' | 'unheard'; error: DOMException } | { kind: 'dead'; lands: Lands };

const DONE: Verdict = { kind: 'done' };
const DEAD: Verdict = { kind: 'dead', lands: 'nothing' };

export class Meter {
  readonly #counts = new Map<string, number>();
  /** Decides an operation's fate. */
  decide: (op: Op) => Fate = () => 'done';

  /** To be asked before each operation. */
  use(realm: Realm, area: Area, what: string, changes = true): Verdict {
    if (!realm.isAlive) return DEAD;
    const tab = realm.home.name;
    const k = (this.#counts.get(tab) ?? 0) + 1;
    this.#counts.set(tab, k);
    const fate = this.decide({ tab, k, realm: realm.name, area, what, changes });
    if (fate === 'done') return DONE;
    if ('fail' in fate) return { kind: 'fail', error: new DOMException(`Simulated: ${what}`, fate.fail) };
    if ('unheard' in fate) return { kind: 'unheard', error: new DOMException(`Simulated: ${what}`, fate.unheard) };
    realm.home.crash(fate.crash);
    return { kind: 'dead', lands: fate.crash };
  }
}
