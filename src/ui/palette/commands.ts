// Every action that has a name and needs nothing else to be said.

import { FILE_HASH } from '../../handlers/index.ts';
import type { Board } from '../board.svelte.ts';
import type { Host } from '../host.ts';
import type { Intake } from '../intake/intake.svelte.ts';
import { pickFiles } from '../intake/pick.ts';
import type { IconName } from '../parts/icons.ts';
import { PLACES } from '../places.ts';
import { DEMO, START } from '../words/start.ts';
import { PALETTE } from '../words/palette.ts';
import { PLACE } from '../words/places.ts';

export interface Command {
  readonly group: keyof typeof PALETTE.groups;
  readonly name: string;
  readonly icon: IconName;
  /** Shown beside it. */
  readonly key?: string;
  readonly run: () => unknown;
}

/** What a person may do here, by their role. */
export function commandsOf(board: Board, intake: Intake): Command[] {
  const { role } = board.runner.principal;
  const commands = [...places(board), ...lists(board)];
  if (role !== 'viewer') commands.push(...deeds(board, intake), ...demos(board));
  if (role === 'admin') commands.push(...admins(board));
  return commands;
}

/** How the board looks, where that may be chosen. */
export function looksOf({ theme }: Host): Command[] {
  if (theme === undefined) return [];
  const icons = { auto: 'auto', light: 'sun', dark: 'moon' } as const;
  return (['auto', 'light', 'dark'] as const).map((choice) => ({
    group: 'look' as const,
    name: PALETTE.themes[choice],
    icon: icons[choice],
    run: () => {
      theme.choose(choice);
    },
  }));
}

/** Those whose names have every word that was typed, the ones that begin with it first. */
export function matching(commands: readonly Command[], typed: string): Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const textOf = ({ group, name }: Command) => `${PALETTE.groups[group]} ${name}`.toLowerCase();
  const found = commands.filter((command) => words.every((word) => textOf(command).includes(word)));
  const [first = ''] = words;
  const begins = (command: Command) => (first !== '' && command.name.toLowerCase().startsWith(first) ? 0 : 1);
  return words.length === 0 ? found : found.toSorted((a, b) => begins(a) - begins(b));
}

function places({ links }: Board): Command[] {
  return PLACES.flatMap(({ name, path, icon }) =>
    icon === undefined ? [] : [{ group: 'go' as const, name: PLACE[name], icon, run: () => links.open(path) }],
  );
}

function lists({ links }: Board): Command[] {
  const { failed, unfinished, running } = PALETTE.commands;
  const show = (name: string, status: string, icon: IconName): Command => {
    return { group: 'show', name, icon, run: () => links.open(`${links.tasks}?status=${status}`) };
  };
  return [
    show(unfinished, 'unfinished', 'pending'),
    show(running, 'running', 'running'),
    show(failed, 'failed', 'failed'),
  ];
}

function deeds(board: Board, intake: Intake): Command[] {
  const { runner, toasts, links } = board;
  const words = PALETTE.commands;
  const pick = (what: 'files' | 'folder') => {
    links.open(links.start);
    void intake.add(pickFiles(what));
  };
  const hash = async () => {
    const files = await pickFiles('any');
    if (files.length > 0)
      await board.make(FILE_HASH, { files, checksumFile: true }, { name: START.hash.name(files.length) });
  };
  const next = async () => {
    const task = await runner.processNext();
    toasts.show({ text: task === undefined ? PALETTE.processedNone : PALETTE.processed(task.name) });
  };
  return [
    { group: 'do', name: words.choosePhotos, icon: 'photos', run: () => pick('files') },
    { group: 'do', name: words.chooseFolder, icon: 'folder', run: () => pick('folder') },
    { group: 'do', name: words.hashFiles, icon: 'hash', run: hash },
    { group: 'do', name: words.processNext, icon: 'demo', run: next },
    {
      group: 'do',
      name: words.retryFailed,
      icon: 'retry',
      run: () => board.bulk.prepare('retry', 'retry', { status: 'failed' }),
    },
    { group: 'do', name: words.clearFinished, icon: 'trash', run: () => board.clearFinished() },
    { group: 'do', name: words.clearActivity, icon: 'activity', run: () => board.activity.clear() },
  ];
}

function demos(board: Board): Command[] {
  return Object.entries(DEMO.buttons)
    .filter(([type]) => board.engine.knows(type))
    .map(([type, { name }]) => ({
      group: 'demo' as const,
      name,
      icon: 'demo' as const,
      run: () => board.make(type, undefined, { name }),
    }));
}

function admins({ runner, toasts }: Board): Command[] {
  const words = PALETTE.commands;
  const pause = async () => {
    const { ruleId } = await runner.pause();
    toasts.show({
      text: PALETTE.paused,
      undo: () => void runner.resume({ ruleId }).catch((error: unknown) => toasts.tell(error)),
    });
  };
  const resume = async () => {
    const lifted = await runner.resume();
    toasts.show({ text: lifted.length === 0 ? PALETTE.notPaused : PALETTE.resumed });
  };
  return [
    { group: 'do', name: words.pauseAll, icon: 'pause', run: pause },
    { group: 'do', name: words.resumeAll, icon: 'demo', run: resume },
  ];
}
