// How everything lies in the zip: `errand.json` says what it is, `rows/000001.ndjson` and on hold a row a line, and
// `files/<id>` the bytes of the files. The rows of a task come after it.

import type { MovedTable } from '../../store/index.ts';
import type { Json } from '../../task/index.ts';

export const FORMAT = 'errand';
export const FORMAT_VERSION = 1;
export const HEADER = 'errand.json';

/** What `errand.json` says. */
export interface ExportHeader {
  format: typeof FORMAT;
  version: number;
  exportedAt: number;
  tasks: number;
  files: number;
  /** The ids of files whose bytes were gone. */
  missingFiles: string[];
}

/** One line: a row, and the claim on it, if it was running. */
export interface ExportLine {
  table: MovedTable | 'tasks';
  row: Json;
  claim?: Json;
}

export const rowsName = (part: number) => `rows/${String(part).padStart(6, '0')}.ndjson`;
export const fileName = (id: string) => `files/${id}`;
export const ROWS = /^rows\/\d{6,9}\.ndjson$/;
export const FILES = /^files\/[\w-]{1,100}$/;
