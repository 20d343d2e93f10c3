// What lies in the simulated database, as its commits have it: who is claimed by whom, and what became of each task.

import type { HeadRow } from '../../../src/store/schema.ts';
import type { ClaimsRow } from '../../../src/store/claims.ts';
import type { TaskRow } from '../../../src/task/index.ts';
import type { Commit } from '../world/storage/databases.ts';
import type { Facts } from './facts.ts';

export interface DiskClaim {
  token: number;
  engineId: string;
  type: string;
  claimedAt: number;
}

export class Disk {
  readonly tasks = new Map<string, TaskRow>();
  claims = new Map<string, DiskClaim>();
  readonly trash = new Set<string>();
  /** Who made each task that ever was. */
  readonly creators = new Map<string, string>();
  head: HeadRow | undefined;
  readonly #facts: Facts;
  /** The tokens of all claims so far. */
  readonly #seen = new Set<number>();
  #commits = 0;
  /** Called after each commit with the tasks that it claimed. */
  onCommit: (claimed: readonly string[]) => void = () => undefined;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** The browser has lost it. */
  lose(): void {
    this.tasks.clear();
    this.claims = new Map();
    this.trash.clear();
    this.head = undefined;
  }

  committed = ({ written }: Commit): void => {
    this.#commits += 1;
    let claimsRow: ClaimsRow | undefined;
    for (const each of written) {
      if (each.table === 'trash') this.#bin(each);
      if (each.table === 'tasks') this.#move(each);
      if (each.table !== 'meta' || each.kind !== 'put') continue;
      const row = each.row as HeadRow | ClaimsRow;
      if (row.key === 'head') this.head = row;
      if (row.key === 'claims') claimsRow = row;
    }
    this.onCommit(claimsRow === undefined ? [] : this.#claimed(claimsRow));
  };

  #bin(written: Commit['written'][number]): void {
    if (written.kind === 'clear') this.trash.clear();
    else if (written.kind === 'delete') this.trash.delete(keyOf(written.range));
    else this.trash.add((written.row as TaskRow).id);
  }

  #move(written: Commit['written'][number]): void {
    if (written.kind === 'clear') this.tasks.clear();
    if (written.kind === 'delete') {
      const id = keyOf(written.range);
      if (this.tasks.delete(id))
        this.#facts.note('disk', { what: 'moved', id, to: 'gone', run: -1, commit: this.#commits });
    }
    if (written.kind !== 'put') return;
    const row = written.row as TaskRow;
    const before = this.tasks.get(row.id);
    this.tasks.set(row.id, row);
    this.creators.set(row.id, row.creator);
    const { id, status, run, waiting } = row;
    const isSame = before?.status === status && before.run.index === run.index && before.waiting === waiting;
    if (!isSame)
      this.#facts.note('disk', { what: 'moved', id, to: status, run: run.index, commit: this.#commits, waiting });
  }

  #claimed({ batches }: ClaimsRow): string[] {
    const before = this.claims;
    this.claims = new Map(batches.flatMap(({ ids, ...shared }) => ids.map((id) => [id, shared] as const)));
    for (const [id, { token }] of before)
      if (this.claims.get(id)?.token !== token) this.#facts.note('disk', { what: 'let go', id, token });
    const claimed: string[] = [];
    for (const [id, { token, engineId, claimedAt }] of this.claims) {
      // What is made again of the log is claimed as it was.
      if (before.get(id)?.token === token || this.#seen.has(token) || this.head?.leader === null) continue;
      claimed.push(id);
      const run = this.tasks.get(id)?.run.index ?? -1;
      this.#facts.note('disk', { what: 'claimed', id, token, engine: engineId, claimedAt, run });
    }
    for (const { token } of this.claims.values()) this.#seen.add(token);
    return claimed;
  }
}

/** Tasks are deleted one by one. */
function keyOf(range: IDBValidKey | IDBKeyRange): string {
  return typeof range === 'string' ? range : '';
}
