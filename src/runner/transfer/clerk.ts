// The commands that move everything, and the lifting of the rule under which it came.

import { liftSome, type Store } from '../../store/index.ts';
import type { PauseMatch } from '../../task/index.ts';
import type { Answer, Arguments, CommandName } from '../commands.ts';
import type { Office } from '../office.ts';
import type { Principal } from '../runner.ts';
import { exportAll } from './export.ts';
import { importAll, readImport } from './import.ts';

type Transfer = Extract<CommandName, 'exportAll' | 'readImport' | 'importAll'>;

/** So many tasks of an import are let go at a time. */
const PER_TURN = 200;

export function transferOf(office: Office): {
  [K in Transfer]: (who: Principal, ...args: Arguments<K>) => Promise<Answer<K>>;
} {
  const { store, clock, newId } = office;
  const progressOf = (callId: number | null) => (done: number, total: number) => {
    office.progress(callId, done, total);
  };
  return {
    exportAll: (_, callId) => exportAll({ store, clock, newId, onProgress: progressOf(callId) }),
    readImport: (_, zip) => readImport(store, zip),
    importAll: (who, zip, options, callId) =>
      importAll({ store, clock, newId, by: who.user, onProgress: progressOf(callId) }, zip, options),
  };
}

/** Of very many tasks that came with one import, some hundred are let go at a time, before their rule is lifted. */
export async function freeImported(store: Store, which: PauseMatch | { ruleId: string }): Promise<void> {
  if (!('ruleId' in which)) return;
  const { ruleId } = which;
  const rule = (await store.pauses()).find((each) => each.ruleId === ruleId);
  if (rule?.imported !== true || rule.deletedAt !== undefined) return;
  while ((await store.do(liftSome(ruleId, PER_TURN))) === PER_TURN);
}
