// The processes of a browser, read from /proc. They are found by who started whom, never by name.

import { readdirSync, readFileSync } from 'node:fs';

const LOOK_AGAIN_MS = 5;
const GIVE_UP_MS = 10_000;

interface Process {
  pid: number;
  parent: number;
  group: number;
  isDead: boolean;
}

/** The browser process that was started by this one, or by a child of it, on the given profile. */
export function browserIn(profileDir: string): number {
  const flag = `--user-data-dir=${profileDir}`;
  const found = descendantsOf(process.pid, running()).find(({ pid }) => argumentsOf(pid).includes(flag));
  if (found === undefined) throw new Error(`No browser of ours runs on ${profileDir}.`);
  return found.pid;
}

/** A process, those that came from it, and those of its group (which keeps them when their parent is gone). */
export function familyOf(pid: number): number[] {
  const all = running();
  const sameGroup = all.filter(({ group }) => group === pid);
  return [...new Set([pid, ...descendantsOf(pid, all).map((one) => one.pid), ...sameGroup.map((one) => one.pid)])];
}

/** Those of them that still run. One that has ended and was not yet buried by its parent does not. */
export function alive(pids: readonly number[]): number[] {
  return running().flatMap(({ pid, isDead }) => (!isDead && pids.includes(pid) ? pid : []));
}

/** SIGKILLs a process and its family, resolves once they are gone. A process says nothing when it ends: hence the looking. */
export async function killFamily(pid: number): Promise<void> {
  const family = new Set(familyOf(pid));
  const deadline = Date.now() + GIVE_UP_MS;
  for (let left = [...family]; left.length > 0; left = alive([...family])) {
    if (Date.now() > deadline) throw new Error('Killed processes are still there after ten seconds.');
    left.forEach(kill);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    for (const late of familyOf(pid)) family.add(late); // It may have been born while we were at it.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself.
  }
}

function running(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
}

/** `pid (name) state parent group ...`; the name may hold spaces and brackets itself. */
function statOf(pid: number): Process | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === undefined || parent === undefined
    ? undefined
    : { pid, parent: Number(parent), group: Number(group), isDead: state === 'Z' || state === 'X' };
}

function descendantsOf(pid: number, all: readonly Process[]): Process[] {
  const children = all.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, all)]);
}

function argumentsOf(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`).split('\0');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It ended in the meantime.
  }
}
