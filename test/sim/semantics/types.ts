// The task types of the simulation, each with a policy of its own; what they do is in their payloads.

interface Policy {
  version?: number;
  effects?: 'once';
  concurrency?: number;
  rateLimit?: { limit: number; perMs: number };
}

export type TypeName = 'sim.plain' | 'sim.once' | 'sim.pair' | 'sim.rated' | 'sim.second' | 'sim.follow';

export const POLICIES: Readonly<Record<TypeName, Policy>> = {
  'sim.plain': {},
  'sim.once': { effects: 'once' },
  'sim.pair': { concurrency: 2 },
  'sim.rated': { rateLimit: { limit: 2, perMs: 4_000 } },
  'sim.second': { version: 2 },
  'sim.follow': {},
};

/** A type that no worker has registered. */
export const UNKNOWN_TYPE = 'sim.unknown';
