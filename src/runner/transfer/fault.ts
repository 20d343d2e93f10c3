// What is wrong with an import, and where.

import { ErrandError } from '../../task/index.ts';

const LONGEST_SAID = 300;

/** `where` names the entry, and the line in it. */
export function fault(where: string, message: string, field?: string): ErrandError {
  const details = {
    where: where.slice(0, LONGEST_SAID),
    ...(field !== undefined && { field: field.slice(0, LONGEST_SAID) }),
  };
  const at = field === undefined ? where : `${where}, ${field}`;
  return new ErrandError('invalid-import', `${at.slice(0, LONGEST_SAID)}: ${message.slice(0, LONGEST_SAID)}`, details);
}
