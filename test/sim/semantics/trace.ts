// A history as a person reads it: one line for each fact.

import type { Fact, Facts } from './facts.ts';

export function traceOf(facts: Facts): string {
  const begun = facts.all[0]?.at ?? 0;
  return facts.all.map((fact) => `${head(fact, begun)}  ${said(fact)}`).join('\n');
}

function head({ order, at, wall, where }: Fact, begun: number): string {
  const drift = wall === at ? '' : ` (clock ${wall - at > 0 ? '+' : ''}${((wall - at) / 1_000).toFixed(1)})`;
  return `${String(order).padStart(4)} ${((at - begun) / 1_000).toFixed(3).padStart(8)}${drift} ${where.padEnd(18)}`;
}

function said(fact: Fact): string {
  switch (fact.what) {
    case 'asked':
      return `asks ${fact.name}(${fact.args.map(short).join(', ')})`;
    case 'told':
      return `is told of ${fact.call}: ${short(fact.answer)}`;
    case 'refused':
      return `is refused ${fact.call}: ${fact.code}`;
    case 'began':
      return `begins ${attempt(fact)} ${fact.run.type} ${short(fact.payload)}${fact.dependencies.length === 0 ? '' : ` after ${short(fact.dependencies)}`}`;
    case 'left':
      return `${fact.how} ${attempt(fact)}${fact.value === undefined ? '' : ` with ${short(fact.value)}`}`;
    case 'worked':
    case 'item':
      return `works on ${attempt(fact)} ${fact.step}${fact.index === undefined ? '' : `[${fact.index}]`}`;
    case 'kept':
      return `is handed ${attempt(fact)} ${fact.step} = ${short(fact.value)}`;
    case 'claimed':
      return `${fact.id} run ${fact.run} is claimed by ${fact.engine.slice(0, 6)} with ${fact.token}`;
    case 'let go':
      return `${fact.id} is let go of ${fact.token}`;
    case 'moved':
      return `${fact.id} run ${fact.run} is ${fact.to}${fact.waiting === undefined ? '' : `, waits: ${fact.waiting}`}`;
    case 'died':
      return fact.run === undefined ? 'ends' : `dies in ${fact.run.id}`;
    case 'befell':
      return `*** ${fact.fault}`;
  }
}

function attempt({ run: { id, run, attempt: nth } }: { run: { id: string; run: number; attempt: number } }): string {
  return `${id}/${run}/${nth}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? '-' : text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
