// Does what pages ask for: one entry for each command. Who may ask is checked before.

import {
  cancel,
  configure,
  decide,
  erase,
  hurry,
  lift,
  pause,
  remove,
  rerun,
  restart,
  retry,
  retryStep,
  sendEvent,
  signedIn,
  summon,
  trigger,
  undo,
} from '../store/index.ts';
import { checkCredential, checkTaskId, ErrandError, plainError, type TaskId, type TaskState } from '../task/index.ts';
import { bulk, clearFinished } from './bulk.ts';
import type { Answer, Arguments, CommandName } from './commands.ts';
import { explain } from './explain.ts';
import { guaranteesOf } from './guarantees.ts';
import { historyOf } from './history.ts';
import { LOCAL } from './local.ts';
import type { Office } from './office.ts';
import { checkPrincipal, seenBy } from './permissions.ts';
import {
  checkDecision,
  checkEventName,
  checkMany,
  checkPause,
  checkReason,
  checkRerun,
  checkSettings,
  nameOf,
} from './requests.ts';
import type { PauseRule, Principal, Settings } from './runner.ts';
import { statusOf } from './status.ts';
import { freeImported, transferOf } from './transfer/clerk.ts';
import { typesOf } from './types.ts';

/** How each command is carried out. */
type Clerk = { [K in CommandName]: (who: Principal, ...args: Arguments<K>) => Promise<Answer<K>> };

export function clerkOf(office: Office): Clerk {
  return { ...intakeOf(office), ...readsOf(office), ...changesOf(office), ...controlOf(office), ...transferOf(office) };
}

function intakeOf(office: Office): Pick<Clerk, 'enqueue' | 'enqueueEach' | 'enqueueAndGet' | 'check'> {
  const { intake, views } = office;
  return {
    enqueue: async (who, requests, callId) => {
      const inserted = await intake.take(requests, who, (done, total) => {
        office.progress(callId, done, total);
      });
      return inserted.map(({ row, created }) => ({ id: row.id, created }));
    },
    enqueueAndGet: async (who, requests) => {
      const inserted = await intake.take(requests, who);
      return Promise.all(
        inserted.map(async ({ row, created }) => {
          const isWhole = created && !row.payloadApart;
          const task = isWhole ? views.show({ row }) : await views.task(row.id, seenBy(who));
          if (task === undefined) throw new ErrandError('not-found');
          return { task, created };
        }),
      );
    },
    check: (who, request) => intake.check(request, who),
    enqueueEach: (who, requests) =>
      Promise.all(
        requests.map(async (request) => {
          try {
            const [inserted] = await intake.take([request], who);
            if (inserted === undefined) throw new ErrandError('internal');
            return { ok: true as const, value: { id: inserted.row.id, created: inserted.created } };
          } catch (thrown) {
            return { ok: false as const, error: plainError(thrown) };
          }
        }),
      ),
  };
}

type Read =
  | 'get'
  | 'list'
  | 'recent'
  | 'stats'
  | 'detail'
  | 'history'
  | 'explain'
  | 'items'
  | 'artifacts'
  | 'artifactsOf'
  | 'log'
  | 'openFile';

function readsOf(office: Office): Pick<Clerk, Read> {
  const { store, views } = office;
  return {
    get: (who, id) => views.task(checkTaskId(id), seenBy(who)),
    list: (who, query) => views.list(query, seenBy(who)),
    recent: (who) => views.recent(who.user),
    stats: (who) => views.stats(seenBy(who)),
    detail: (_, id) => views.detail(id),
    history: async (_, id) => historyOf(store, await found(office, id)),
    explain: async (_, id) => explain(await found(office, id), await situationOf(office)),
    items: (_, id, step, span) => views.items(id, step, span),
    artifacts: (_, id, span) => views.artifacts(id, span),
    artifactsOf: (who, ids) =>
      views.artifactsOf(
        checkMany(ids).map((id) => checkTaskId(id)),
        seenBy(who),
      ),
    log: (_, id, span) => views.log(id, span),
    openFile: async (who, file) => {
      const id = typeof file === 'string' ? file : file.id;
      await checkSightOfFile(office, seenBy(who), id);
      return store.openFile(id);
    },
  };
}

type Control =
  | 'pause'
  | 'resume'
  | 'pauses'
  | 'status'
  | 'types'
  | 'guarantees'
  | 'settings'
  | 'configure'
  | 'lastPrincipal'
  | 'actAs'
  | 'setSignal'
  | 'poll';

function changesOf(
  office: Office,
): Omit<Clerk, Read | Control | keyof ReturnType<typeof transferOf> | keyof ReturnType<typeof intakeOf>> {
  const { store, engine, intake, views } = office;
  const shown = async (state: Promise<TaskState>) => views.show(await state);
  return {
    update: (who, id, change) => shown(intake.update(id as TaskId, change, who.user)),
    cancel: (who, id, reason) =>
      shown(
        store.do(
          cancel(
            id as TaskId,
            checkReason(reason) ?? `Cancelled by ${who.user}.`,
            engine.running.get(id as TaskId)?.unsentProgress,
          ),
        ),
      ),
    retry: (who, id) => shown(store.do(retry(id as TaskId, who.user))),
    retryStep: (who, id, step, by) => shown(store.do(retryStep(id as TaskId, step, nameOf(who, by)))),
    restart: (who, id, change) =>
      shown(
        Object.hasOwn(change, 'payload')
          ? intake.restart(id as TaskId, change.payload, nameOf(who, change))
          : store.do(restart(id as TaskId, nameOf(who, change))),
      ),
    rerun: async (who, id, which) => {
      const { triggeredBy, ...named } = which;
      const by = nameOf(who, { triggeredBy });
      const { state, ...steps } = await store.do(rerun(id as TaskId, checkRerun(named), by));
      return { task: views.show(state), ...steps };
    },
    decide: (who, id, decision) => shown(store.do(decide(id as TaskId, checkDecision(decision), who.user))),
    runNow: (_, id) => shown(store.do(hurry(id as TaskId))),
    sendEvent: (_, name, payload, to) =>
      store.do(sendEvent(checkEventName(name), payload, to === undefined ? undefined : checkTaskId(to, 'to'))),
    signedIn: (_, credential) => store.do(signedIn(credential === undefined ? undefined : checkCredential(credential))),
    shared: async () => {
      await store.do(trigger('share'));
    },
    processNext: async () => {
      const state = await store.do(summon(engine.claimer.openLanes));
      return state === undefined ? undefined : views.show(state);
    },
    remove: async (_, id) => {
      const removed = await store.do(remove([id as TaskId]));
      if (removed.length === 0) throw new ErrandError('not-found');
    },
    undo: (who, ids) =>
      store.do(
        undo(
          ids.map((id) => checkTaskId(id)),
          seenBy(who),
        ),
      ),
    bulk: (who, action, filter, callId) => bulk(office, who, action, filter, callId),
    clearFinished: (who, statuses) => clearFinished(office, who, statuses),
    erase: async () => {
      await store.files.delete(await store.do(erase()));
      await store.checkpoint();
    },
  };
}

function controlOf(office: Office): Pick<Clerk, Control> {
  const { store, engine, clock, definitions } = office;
  return {
    pause: async (who, request) => {
      const { triggeredBy, ...match } = request;
      const rule = checkPause(match, clock.now());
      const createdBy = nameOf(who, { triggeredBy });
      return shownRule(await store.do(pause({ ...rule, ruleId: office.newId(), createdAt: clock.now(), createdBy })));
    },
    resume: async (_, which) => {
      await freeImported(store, which);
      return (await store.do(lift(which, clock.now()))).map(shownRule);
    },
    pauses: async (_, lifted) => {
      const rules = (await store.pauses()).map(shownRule);
      const now = clock.now();
      return rules.filter((rule) => lifted || (rule.deletedAt === null && (rule.expiresAt ?? Infinity) > now));
    },
    status: () => Promise.resolve(statusOf(office)),
    types: () => Promise.resolve(typesOf(definitions)),
    guarantees: () => guaranteesOf(store),
    settings: async () => settingsOf(office, (await store.head()).settings),
    configure: async (_, settings) => settingsOf(office, await store.do(configure(checkSettings(settings)))),
    lastPrincipal: async () => (await store.head()).settings.principal ?? LOCAL,
    actAs: async (_, principal) => {
      const checked = checkPrincipal(principal);
      await store.do(configure({ principal: checked }));
      return checked;
    },
    setSignal: (_, name, state) => {
      engine.lookout.device.setCustom(name, state);
      return Promise.resolve();
    },
    poll: () => engine.poll(),
  };
}

/** What belongs to a task that one may not see is not there. */
async function checkSightOfFile({ store }: Office, own: string | undefined, id: string): Promise<void> {
  if (own === undefined) return;
  const row = await store.file(id);
  const state = row && (await store.task(row.taskId));
  if (state?.row.creator !== own) throw new ErrandError('file-missing', undefined, { file: id });
}

async function found({ store }: Office, id: string): Promise<TaskState> {
  const state = await store.task(id);
  if (state === undefined) throw new ErrandError('not-found');
  return state;
}

async function situationOf({ store, engine, clock }: Office): Promise<Parameters<typeof explain>[1]> {
  const { head, claims } = await store.standing();
  store.lastHead = head;
  const { gate, pool } = engine;
  return {
    clock,
    gate,
    head,
    claims,
    slots: pool.size,
    isLed: head.leader !== null,
    signalSince: (signal) => engine.lookout.since(signal),
  };
}

function settingsOf(
  { defaultSize }: Office,
  { maxConcurrent, retentionDays, retentionCount, signals, notifications }: Partial<Settings>,
): Settings {
  return {
    maxConcurrent: maxConcurrent ?? defaultSize,
    retentionDays: retentionDays ?? null,
    retentionCount: retentionCount ?? null,
    signals: signals ?? {},
    notifications: notifications ?? false,
  };
}

function shownRule(
  rule: Omit<PauseRule, 'expiresAt' | 'deletedAt'> & { expiresAt?: number; deletedAt?: number },
): PauseRule {
  return { ...rule, expiresAt: rule.expiresAt ?? null, deletedAt: rule.deletedAt ?? null };
}
