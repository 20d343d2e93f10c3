// Everything out and in, as one zip.

import * as v from 'valibot';
import { json, save } from '../answer.ts';
import * as requests from '../requests.ts';
import { route } from '../route.ts';

const ZIP = 'application/zip';
const MOST_BYTES = 64 * 1024 ** 3;
const count = v.pipe(v.number(), v.integer());

export const TRANSFER = [
  route({
    method: 'GET',
    path: '/api/v1/export',
    summary: 'Export everything as a zip.',
    answers: { 200: ZIP },
    refusals: [403, 413, 507],
    handle: async ({ runner }) => save(await runner.exportAll(), 'errand.zip', ZIP),
  }),
  route({
    method: 'POST',
    path: '/api/v1/import',
    summary: 'Import all of an export, or nothing. Unfinished tasks arrive paused.',
    query: requests.transfer,
    body: v.instance(Blob),
    takesFile: { mediaType: ZIP, mostBytes: MOST_BYTES },
    answers: {
      200: v.strictObject({
        imported: count,
        skipped: count,
        renamed: count,
        files: count,
        ruleId: v.nullable(v.string()),
      }),
    },
    refusals: [403, 422, 507],
    handle: async ({ runner, query: { conflicts = 'skip' }, body }) =>
      json(200, await runner.importAll(body, { conflicts })),
  }),
];
