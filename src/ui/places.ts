// The places of the board, each one line and loaded when it is wanted. One with an icon stands in the navigation, in this
// order; one that is not here does not exist.

import type { Component } from 'svelte';
import type { IconName } from './parts/icons.ts';
import type { PlaceName } from './words/places.ts';

export interface Place {
  readonly name: PlaceName;
  /** `:id` stands for one part of the address, which the component is given. */
  readonly path: `/${string}`;
  readonly icon?: IconName;
  readonly load: () => Promise<{ default: Component } | { default: Component<{ id: string }> }>;
}

export const PLACES: readonly Place[] = [
  { name: 'start', path: '/', icon: 'home', load: () => import('./start/StartPage.svelte') },
  { name: 'tasks', path: '/tasks', icon: 'list', load: () => import('./list/Tasks.svelte') },
  { name: 'new', path: '/new', icon: 'plus', load: () => import('./new-task/NewTask.svelte') },
  { name: 'schedules', path: '/schedules', icon: 'calendar', load: () => import('./schedules/Schedules.svelte') },
  { name: 'activity', path: '/activity', icon: 'activity', load: () => import('./activity/ActivityPage.svelte') },
  { name: 'health', path: '/health', icon: 'health', load: () => import('./health/Health.svelte') },
  { name: 'settings', path: '/settings', icon: 'settings', load: () => import('./settings/Settings.svelte') },
  { name: 'task', path: '/tasks/:id', load: () => import('./detail/TaskPage.svelte') },
];

/** Where an address leads, and what it names; `undefined`: nowhere. */
export function placeAt(path: string): { place: Place; id: string } | undefined {
  for (const place of PLACES) {
    const id = idIn(path, place.path);
    if (id !== undefined) return { place, id };
  }
  return undefined;
}

/** What stands in an address where the pattern says `:id`, or `''`. An address that is no valid encoding leads nowhere. */
function idIn(path: string, pattern: string): string | undefined {
  const parts = partsOf(path);
  const wanted = partsOf(pattern);
  if (parts.length !== wanted.length || !parts.every((part, i) => wanted[i] === ':id' || wanted[i] === part))
    return undefined;
  try {
    return decodeURIComponent(parts[wanted.indexOf(':id')] ?? '');
  } catch {
    return undefined;
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter(Boolean);
}
