// What this engine can run: its task types, with what a form is made of.

import { payloadSchemaOf, type TaskDefinition } from '../task/index.ts';
import type { TypeView } from './runner.ts';

export function typesOf(definitions: ReadonlyMap<string, TaskDefinition>): TypeView[] {
  return [...definitions.values()].map((definition) => {
    const { type, version, effects, runsIn, description = null, retry = null, constraints = null } = definition;
    const { timeoutMs = null } = definition;
    const payload = payloadSchemaOf(definition);
    return { type, version, effects, runsIn: [...runsIn], description, payload, retry, timeoutMs, constraints };
  });
}
