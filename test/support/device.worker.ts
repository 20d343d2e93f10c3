// An engine's worker as far as its device goes: tells what is known with each change, and does as it is told.

import { Device, Leadership, readableSignals } from '../../src/schedule/index.ts';
import { type EngineId, idMaker, systemClock } from '../../src/task/index.ts';

/** What the test asks of it. */
export type DeviceRequest =
  | { kind: 'open'; database: string }
  | { kind: 'network'; online: boolean }
  | { kind: 'custom'; name: string; state: boolean }
  | { kind: 'close' };

/** What it tells: what is known, by name; which signals can be read there. */
export type DeviceNews = { known: Record<string, boolean> } | { readable: Record<string, boolean> };

let device: Device | undefined;

self.onmessage = ({ data }: MessageEvent<DeviceRequest>) => {
  if (data.kind === 'open') void open(data.database);
  else if (data.kind === 'network') setNetwork(data.online);
  else if (data.kind === 'custom') device?.setCustom(data.name, data.state);
  else device?.close();
};

async function open(database: string): Promise<void> {
  const engineId = idMaker(systemClock)() as string as EngineId;
  const leadership = new Leadership(database, engineId, systemClock);
  await leadership.start();
  const life = { engineId, death: (other: EngineId) => leadership.death(other) };
  const say = () => tell({ known: Object.fromEntries(device?.signals ?? []) });
  device = new Device({ database, clock: systemClock, changed: say, life });
  say();
  tell({ readable: await readableSignals() });
}

/** The network cannot be taken from one worker alone: what it reads is replaced, and the event is a real one. */
function setNetwork(online: boolean): void {
  Object.defineProperty(navigator, 'onLine', { value: online, configurable: true });
  self.dispatchEvent(new Event(online ? 'online' : 'offline'));
}

function tell(news: DeviceNews): void {
  self.postMessage(news);
}
