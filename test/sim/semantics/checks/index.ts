// Everything that is checked once a history has come to its end. Each complaint is one sentence.

import type { Disk } from '../disk.ts';
import type { End } from '../ending.ts';
import type { Facts } from '../facts.ts';
import { neverLost } from './kept.ts';
import { recordedOnce } from './recorded.ts';

export interface Known extends End {
  facts: Facts;
  disk: Disk;
}

const CHECKS: readonly ((known: Known) => string[])[] = [neverLost, recordedOnce];

export function brokenAtEnd(known: Known): string[] {
  return CHECKS.flatMap((check) => check(known));
}
