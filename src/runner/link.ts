// How a page reaches its engine: in a worker of its own by Comlink, in its own realm by plain calls on copies.

import * as Comlink from 'comlink';
import type { Thread } from '../pool/index.ts';
import type { EngineSurface } from './protocol.ts';

/** An engine as it is called from elsewhere: every answer takes its time. */
export type RemoteEngine = {
  [K in keyof EngineSurface]: (...args: Parameters<EngineSurface[K]>) => Promise<Awaited<ReturnType<EngineSurface[K]>>>;
};

export interface Link {
  engine: RemoteEngine;
  /** Told when the engine could not be loaded, or has broken down. */
  onError(listener: (message: string) => void): void;
  /** Ends it for good, whatever it does. */
  end(): void;
}

export function toWorker(worker: Thread): Link {
  const remote = Comlink.wrap<EngineSurface>(worker);
  return {
    engine: {
      open: (setup) => remote.open(Comlink.transfer(setup, [setup.port])),
      call: (...args) => remote.call(...args),
      watch: (...args) => remote.watch(...args),
      unwatch: (...args) => remote.unwatch(...args),
      askList: (...args) => remote.askList(...args),
      report: (...args) => remote.report(...args),
      close: () => remote.close(),
    },
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
    engine: {
      open: (setup) => engine.open(setup),
      call: async (who, name, args) => structuredClone(await engine.call(who, name, structuredClone(args))),
      watch: soon((...args) => {
        engine.watch(...args);
      }),
      unwatch: soon((...args) => {
        engine.unwatch(...args);
      }),
      askList: (...args) => engine.askList(...args),
      report: soon((...args) => {
        engine.report(...args);
      }),
      close: () => engine.close(),
    },
    onError: () => undefined,
    end: () => undefined,
  };
}

function soon<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => Promise<void> {
  return async (...args) => {
    await Promise.resolve();
    work(...args);
  };
}
