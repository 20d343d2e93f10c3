// A file of checksums, as `sha256sum` and its like write and check it.

import type { HashSuccess } from './types.ts';

/** One line a file. Names that would break a line are escaped as coreutils does: the line then begins with a backslash. */
export function checksumLines(results: readonly Pick<HashSuccess, 'name' | 'hash'>[]): string {
  return results
    .map(({ name, hash }) => {
      const escaped = name.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
      return `${escaped === name ? '' : '\\'}${hash}  ${escaped}\n`;
    })
    .join('');
}
