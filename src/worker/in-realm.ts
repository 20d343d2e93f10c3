// A slot in this very realm, where no worker can be started: in a service worker. It can be told to stop, and not made to.

import type { Thread } from '../pool/index.ts';
import type { Clock, TaskDefinition } from '../task/index.ts';
import { startSlot } from './shell.ts';

/** What stands in for a slot's worker. To end it fires the signals of what runs; its lock is free then. */
export function slotHere(definitions: ReadonlyMap<string, TaskDefinition>, clock: Clock): Thread {
  const { port1, port2 } = new MessageChannel();
  const ended = new AbortController();
  startSlot(definitions, clock, { endpoint: port2, ended: ended.signal });
  const terminate = () => {
    ended.abort();
    port1.close();
    port2.close();
  };
  return Object.assign(port1, { terminate });
}
