// The reference to a file, as a payload's schema has it.

import * as v from 'valibot';
import { FILE_SCHEMA, type FileRef, isFileRef } from '../task/index.ts';

/** A kept file. In a function, so that a bundler drops it where only names are imported. */
export function fileShape() {
  const file = v.custom<FileRef>((value) => isFileRef(value) && typeof value.name === 'string', 'must be a file');
  return v.pipe(file, v.metadata({ schema: FILE_SCHEMA }));
}
