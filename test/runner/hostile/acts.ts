// What a test has its handlers do, act by act, and what they say of it. All of it is plain data: it crosses threads.

export type Act =
  | { do: 'return'; value?: unknown }
  /** Returns, and goes on acting behind everybody's back. */
  | { do: 'linger'; value?: unknown }
  | { do: 'return-odd'; odd: Odd }
  | { do: 'return-payload' }
  | { do: 'return-after'; ms: number }
  | { do: 'fail'; message: string }
  | { do: 'throw-odd'; odd: Odd }
  /** Ends the worker as a crash does: without a word. */
  | { do: 'die' }
  | { do: 'die-and-return' }
  | { do: 'spin' }
  | { do: 'hang' }
  | { do: 'step'; name: string; value?: unknown }
  | { do: 'step-fails'; name: string; message: string }
  | { do: 'step-odd'; name: string; odd: Odd }
  | { do: 'step-maps'; name: string; items: readonly number[] }
  | { do: 'map'; handler: string; items: readonly unknown[]; options?: ItemOptions; name?: string }
  | { do: 'maps'; names: readonly string[]; counts: readonly number[] }
  | { do: 'map-odd'; odd: Odd }
  | { do: 'sleep'; name: string; ms: number }
  | { do: 'wait-for'; name: string; event: string }
  | { do: 'progress'; percent: number }
  | { do: 'log'; message: string; times?: number }
  | { do: 'log-odd'; odd: Odd }
  | { do: 'artifact'; name: string; content: string }
  | { do: 'artifact-breaks'; name: string };

/** Things that no message can carry: they are made where they are needed. */
export type Odd =
  | 'undefined'
  | 'null'
  | 'empty'
  | 'text'
  | 'symbol'
  | 'function'
  | 'revoked'
  | 'spiky'
  | 'holder'
  | 'functions'
  | 'bare'
  | 'set'
  | 'number'
  | 'deep';

export interface ItemOptions {
  stage: string;
  failAt?: number;
  hangFrom?: number;
}

/** The payload of a handler that acts. What its acts do not say it asks for. */
export interface Part {
  stage: string;
  acts?: readonly Act[];
}

/** What a handler says. */
export type Report =
  | { kind: 'entered'; entry: string; taskId: string; attempt: number; worker: string }
  | { kind: 'did'; entry: string; cue: number; value?: unknown; error?: { code: string; message: string } }
  | { kind: 'aborted'; entry: string; code: string }
  | { kind: 'item'; index: number };

/** What a test says to one that has entered. */
export interface Cue {
  to: string;
  cue: number;
  act: Act;
}
