// Any structured-cloneable value as text that a person can read.

const LONGEST = 20_000;
const MOST_ITEMS = 200;

/** JSON where it is JSON; what JSON lacks is named (`Map(2)`, `1n`, `[circular]`). Long values are cut. */
export function jsonOf(value: unknown): string {
  const above: unknown[] = [];
  if (value === undefined) return 'undefined';
  const text = JSON.stringify(
    value,
    function (this: unknown, _key, field: unknown) {
      while (above.length > 0 && above.at(-1) !== this) above.pop();
      if (typeof field !== 'object' || field === null) return plainOf(field);
      if (above.includes(field)) return '[circular]';
      const shown = shownOf(field);
      above.push(shown);
      return shown;
    },
    2,
  );
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\n…` : text;
}

function plainOf(field: unknown): unknown {
  if (typeof field === 'bigint') return `${field}n`;
  return field === undefined ? '[undefined]' : field;
}

function shownOf(field: object): unknown {
  if (field instanceof Map)
    return Object.fromEntries([...field].slice(0, MOST_ITEMS).map(([key, value]) => [String(key), value]));
  if (field instanceof Set) return [...field].slice(0, MOST_ITEMS);
  if (field instanceof ArrayBuffer || ArrayBuffer.isView(field)) return `[${field.byteLength} bytes]`;
  if (field instanceof Error) return { name: field.name, message: field.message };
  if (Array.isArray(field) && field.length > MOST_ITEMS)
    return [...(field.slice(0, MOST_ITEMS) as unknown[]), `… ${field.length - MOST_ITEMS} more`];
  return field;
}
