// What befalls an engine from outside: it throws where nobody catches, its nudges are lost or late, its timers are
// early or late.

export type Sabotage = 'throw' | 'lose-nudges' | 'hold-nudges' | 'free-nudges';

/** By how long a timer waits: how long it is to wait instead. */
export type Delays = Record<number, number>;

const NUDGES = 'errand:';
const OURS = 'sabotaged:';

/** The name of an engine that obeys; the channel that it listens to has the same name. */
export function nameOf(delays: Delays): string {
  return `${OURS}${JSON.stringify({ id: crypto.randomUUID(), delays })}`;
}

/** Has the engine in this worker, if its test named it, do what its test says. */
export function obeySaboteur(): void {
  if (!self.name.startsWith(OURS)) return;
  const { delays } = JSON.parse(self.name.slice(OURS.length)) as { delays: Delays };
  const tap = tapNudges();
  changeTimers(delays);
  const channel = new BroadcastChannel(self.name);
  channel.onmessage = ({ data }: MessageEvent<Sabotage>) => {
    if (data === 'throw') throw new Error('sabotage');
    tap(data);
    channel.postMessage('done');
  };
}

/** Resolves once the sabotage is under way. */
export async function sabotage(name: string, what: Sabotage): Promise<void> {
  const channel = new BroadcastChannel(name);
  const done = new Promise<void>((resolve) => {
    channel.onmessage = () => resolve();
  });
  channel.postMessage(what);
  if (what !== 'throw') await done;
  channel.close();
}

function tapNudges(): (what: Sabotage) => void {
  const post = Reflect.get(BroadcastChannel.prototype, 'postMessage');
  let state: Sabotage = 'free-nudges';
  let held: (() => void)[] = [];
  BroadcastChannel.prototype.postMessage = function (this: BroadcastChannel, message: unknown) {
    if (!this.name.startsWith(NUDGES) || state === 'free-nudges') post.call(this, message);
    else if (state === 'hold-nudges') held.push(() => post.call(this, message));
  };
  return (what) => {
    state = what;
    if (what !== 'free-nudges') return;
    for (const send of held) send();
    held = [];
  };
}

function changeTimers(delays: Delays): void {
  const start = self.setTimeout.bind(self);
  Object.assign(self, { setTimeout: (run: () => void, ms: number) => start(run, delays[ms] ?? ms) });
}
