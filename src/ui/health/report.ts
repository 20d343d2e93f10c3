// Everything on the health page as text, for a question or a complaint. It names no task.

import type { EngineStatus, Guarantees, Stats } from '../../runner/index.ts';
import { SIGNALS } from '../../task/index.ts';
import { machine } from '../time/format.ts';
import { CAPABILITIES, HEALTH } from '../words/health.ts';
import { capabilitiesOf } from './capabilities.ts';

export interface Known {
  status: EngineStatus | undefined;
  guarantees: Guarantees | undefined;
  stats: Stats | undefined;
  version: string;
  database: string;
  at: number;
}

export function reportOf({ status, guarantees, stats, version, database, at }: Known): string {
  const can = capabilitiesOf(status, guarantees).map(({ name, can }) => [CAPABILITIES[name].name, yesOrNo(can)]);
  const signals = SIGNALS.map((name) => [name, signalOf(status?.signals[name])]);
  const lines: (readonly (string | number | undefined)[])[] = [
    [HEALTH.app, version],
    ['At', machine(at)],
    [HEALTH.browser, navigator.userAgent],
    [HEALTH.database, database],
    [HEALTH.engine, status?.engineId, status?.leads === true ? 'leads' : 'stands by'],
    [HEALTH.slots, status?.slots.map((slot) => slot.state).join(' '), `of ${status?.maxConcurrent ?? '?'}`],
    ['Files', status?.files],
    ['Log', status?.log],
    ['Accepted', guarantees?.accepted],
    ['Used bytes', guarantees?.usedBytes ?? 'unknown'],
    ['Quota bytes', guarantees?.quotaBytes ?? 'unknown'],
    ...(guarantees?.limits ?? []).map((limit) => ['Limit', limit]),
    ...(['pending', 'running', 'completed', 'failed', 'cancelled'] as const).map((each) => [each, stats?.[each]]),
    ...can,
    ...signals.map(([name, state]) => [`Signal ${name ?? ''}`, state]),
  ];
  return lines.map(([name, ...values]) => `${name ?? ''}: ${values.join(', ')}`).join('\n');
}

function yesOrNo(can: boolean): string {
  return can ? HEALTH.yes : HEALTH.no;
}

function signalOf(state: boolean | undefined): string {
  return state === undefined ? HEALTH.signalStates.unknown : HEALTH.signalStates[state ? 'yes' : 'no'];
}
