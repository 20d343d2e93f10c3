// How a page reaches its engine: in a worker of its own by Comlink, in its own realm by plain calls on copies.

import * as Comlink from 'comlink';
import type { Reply, Thread } from '../pool/index.ts';
import type { EngineSurface, OpenedEngine, OpenSetup, Pushed } from './protocol.ts';

/** An engine as it is called from elsewhere: every answer takes its time. */
export type RemoteEngine = {
  [K in Exclude<keyof EngineSurface, 'open'>]: (
    ...args: Parameters<EngineSurface[K]>
  ) => Promise<Awaited<ReturnType<EngineSurface[K]>>>;
};

export interface Link {
  /** Called once, first. What the engine pushes is handed to `pushed`. */
  open(setup: Omit<OpenSetup, 'port'>, pushed: (what: Pushed) => void): Promise<Reply<OpenedEngine>>;
  engine: RemoteEngine;
  /** Told when the engine could not be loaded, or has broken down. */
  onError(listener: (message: string) => void): void;
  /** Ends it for good, whatever it does. */
  end(): void;
}

export function toWorker(worker: Thread): Link {
  // Each look at a proxy's property makes another proxy: one of each is enough.
  const { open, call, watch, unwatch, askList, report, close } = Comlink.wrap<EngineSurface>(worker);
  return {
    open: (setup, pushed) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<Pushed>) => {
        pushed(data);
      };
      return open(Comlink.transfer({ ...setup, port: port2 }, [port2]));
    },
    engine: { call, watch, unwatch, askList, report, close },
    onError: (listener) => {
      worker.addEventListener('error', ({ message }) => {
        listener(message);
      });
    },
    end: () => {
      worker.terminate();
    },
  };
}

/** What goes in and comes out is copied, as it is between threads: nobody changes what the other one holds. */
export function toRealm(engine: EngineSurface): Link {
  return {
    open: (setup, pushed) => {
      const postMessage = (what: Pushed) => {
        const copy = structuredClone(what);
        queueMicrotask(() => {
          pushed(copy);
        });
      };
      return engine.open({ ...setup, port: { postMessage } });
    },
    engine: {
      call: async (who, name, args) => structuredClone(await engine.call(who, name, structuredClone(args))),
      watch: copied((...args) => {
        engine.watch(...args);
      }),
      unwatch: copied((...args) => {
        engine.unwatch(...args);
      }),
      askList: (...args) => engine.askList(...structuredClone(args)),
      report: copied((...args) => {
        engine.report(...args);
      }),
      close: () => engine.close(),
    },
    onError: () => undefined,
    end: () => undefined,
  };
}

/** Done at once, in the order of the calls. */
function copied<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => Promise<void> {
  return (...args) =>
    new Promise((resolve) => {
      work(...structuredClone(args));
      resolve();
    });
}
