// Who may do what: the one place where a role is asked for. A convenience between people who share a page, and no wall:
// whoever can open the page can open its database.

import { ErrandError } from '../task/index.ts';
import type { CommandName } from './commands.ts';
import type { Permission, Principal, Role } from './runner.ts';

const VIEWER: readonly Permission[] = ['task:list', 'task:view'];
const OPERATOR: readonly Permission[] = [...VIEWER, 'task:create', 'task:cancel', 'task:retry', 'task:delete'];
const ADMIN: readonly Permission[] = [...OPERATOR, 'settings:update', 'admin'];
const OF_ROLE: Readonly<Record<Role, readonly Permission[]>> = { viewer: VIEWER, operator: OPERATOR, admin: ADMIN };

/** What each command needs. `null`: nothing. */
export const NEEDED: Readonly<Record<CommandName, Permission | null>> = {
  enqueue: 'task:create',
  enqueueEach: 'task:create',
  enqueueAndGet: 'task:create',
  check: 'task:create',
  get: 'task:view',
  list: 'task:list',
  recent: null,
  stats: 'task:list',
  detail: 'task:view',
  history: 'task:view',
  explain: 'task:view',
  items: 'task:view',
  artifacts: 'task:view',
  artifactsOf: 'task:view',
  log: 'task:view',
  openFile: 'task:view',
  update: 'task:create',
  cancel: 'task:cancel',
  retry: 'task:retry',
  retryStep: 'task:retry',
  restart: 'task:retry',
  rerun: 'task:retry',
  decide: 'task:retry',
  runNow: 'task:retry',
  sendEvent: 'task:retry',
  signedIn: 'task:retry',
  shared: 'task:retry',
  processNext: 'task:retry',
  remove: 'task:delete',
  undo: 'task:delete',
  bulk: null,
  clearFinished: 'task:delete',
  erase: 'admin',
  exportAll: 'admin',
  readImport: 'admin',
  importAll: 'admin',
  pause: 'admin',
  resume: 'admin',
  pauses: 'task:list',
  status: null,
  types: null,
  guarantees: null,
  settings: null,
  configure: 'settings:update',
  lastPrincipal: null,
  actAs: null,
  setSignal: null,
  poll: null,
};

/** The commands whose first argument names a task. */
export const NAMES_A_TASK: ReadonlySet<CommandName> = new Set<CommandName>([
  ...(['detail', 'history', 'explain', 'items', 'artifacts', 'log', 'update', 'cancel', 'retry'] as const),
  ...(['retryStep', 'restart', 'rerun', 'decide', 'runNow', 'remove'] as const),
]);

/** Whether somebody may do what needs a permission. */
export function mayDo({ role }: Principal, permission: Permission): boolean {
  return OF_ROLE[role].includes(permission);
}

/** Throws `forbidden` with the permission that is missing. */
export function checkPermission(who: Principal, permission: Permission | null): void {
  if (permission === null || mayDo(who, permission)) return;
  throw new ErrandError('forbidden', undefined, { permission });
}

/** Whose tasks somebody sees: everybody's where this is `undefined`. */
export function seenBy({ user, role }: Principal): string | undefined {
  return role === 'admin' ? undefined : user;
}

/** Throws `invalid-request` for a principal that is none. */
export function checkPrincipal(principal: Principal): Principal {
  const { user, role } = principal as Partial<Principal>;
  if (typeof user !== 'string' || user.length === 0 || user.length > 200)
    throw new ErrandError('invalid-request', 'user must be text of 1 to 200 characters.', { field: 'user' });
  if (role === undefined || !Object.hasOwn(OF_ROLE, role))
    throw new ErrandError('invalid-request', 'role must be admin, operator or viewer.', { field: 'role' });
  return { user, role };
}
