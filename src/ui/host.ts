// What whoever shows the board can do beside it: its theme, its notifications, in whose name it asks.

import { createContext } from 'svelte';
import type { Principal } from '../runner/index.ts';

export type ThemeChoice = 'auto' | 'light' | 'dark';

export interface Host {
  /** Of the app, or of the library. */
  readonly version: string;
  /** Where the board may change it. */
  readonly theme?: { readonly choice: ThemeChoice; choose(choice: ThemeChoice): void };
  /** Where a person can be told of what ended while they were elsewhere. */
  readonly notifications?: {
    readonly state: 'on' | 'off' | 'blocked';
    turn(on: boolean): Promise<void>;
  };
  /** The app as a part of this device. */
  readonly device?: {
    /** `steps` says how it is done by hand; `prompt` asks, where it is `offered`. */
    readonly install: {
      readonly state: 'installed' | 'offered' | 'by-hand';
      readonly steps: string;
      prompt(): Promise<void>;
    };
    readonly keptStorage: { readonly isKept: boolean; ask(): Promise<void> };
    /** `none`: this browser has no such thing; `undefined` until that is known. */
    readonly periodicSync: { readonly state: 'on' | 'off' | 'none' | undefined };
  };
  /** Shows the board anew in another name, where that may be chosen. */
  readonly actAs?: (principal: Principal) => Promise<void>;
}

export const [getHost, setHost] = createContext<Host>();
