// Any structured-cloneable value as text that a person can read. However large it is, no more is made than is shown.

const LONGEST = 20_000;
const MOST_ITEMS = 200;
const MOST_DEPTH = 40;

/** JSON where it is JSON; what JSON lacks is named (`Map(2)`, `1n`, `[circular]`). Long values are cut. */
export function jsonOf(value: unknown): string {
  return shortJsonOf(value).text;
}

/** The same, and whether it is all of it. */
export function shortJsonOf(value: unknown): { text: string; isCut: boolean } {
  const above: unknown[] = [];
  let isCut = false;
  const cut = <T>(shorter: T): T => {
    isCut = true;
    return shorter;
  };
  if (value === undefined) return { text: 'undefined', isCut };
  const text = JSON.stringify(
    value,
    function (this: unknown, _key, field: unknown) {
      while (above.length > 0 && above.at(-1) !== this) above.pop();
      if (typeof field !== 'object' || field === null) return plainOf(field, cut);
      if (above.includes(field)) return '[circular]';
      if (above.length > MOST_DEPTH) return cut('…');
      const shown = shownOf(field, cut);
      above.push(shown);
      return shown;
    },
    2,
  );
  if (text.length > LONGEST) return cut({ text: `${text.slice(0, LONGEST)}\n…`, isCut: true });
  return { text, isCut };
}

type Cut = <T>(shorter: T) => T;

function plainOf(field: unknown, cut: Cut): unknown {
  if (typeof field === 'string' && field.length > LONGEST) return cut(`${field.slice(0, LONGEST)}…`);
  if (typeof field === 'bigint') return `${field}n`;
  return field === undefined ? '[undefined]' : field;
}

function shownOf(field: object, cut: Cut): unknown {
  if (field instanceof Map) {
    const entries = [...(field as Map<unknown, unknown>)].map(([key, value]): [string, unknown] => [
      String(key),
      value,
    ]);
    return Object.fromEntries(some(entries, cut));
  }
  if (field instanceof Set) return some([...(field as Set<unknown>)], cut);
  if (field instanceof ArrayBuffer || ArrayBuffer.isView(field)) return cut(`[${field.byteLength} bytes]`);
  if (field instanceof Error) return { name: field.name, message: field.message };
  if (Array.isArray(field)) {
    if (field.length <= MOST_ITEMS) return field;
    return [...some(field as unknown[], cut), `… ${field.length - MOST_ITEMS} more`];
  }
  const entries = Object.entries(field);
  return entries.length > MOST_ITEMS ? { ...Object.fromEntries(some(entries, cut)), '…': '' } : field;
}

function some<T>(all: readonly T[], cut: Cut): readonly T[] {
  return all.length > MOST_ITEMS ? cut(all.slice(0, MOST_ITEMS)) : all;
}
