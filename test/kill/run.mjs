// `npm run kill`: kills browsers, renderers, engines, slots and service workers while tabs work, and compares what was
// acknowledged with what is there. Its totals are summed over runs.
//   --cycles N         how many kills (default 100), shared out to the back ends
//   --backend NAME     leveldb, sqlite or both (default)
//   --state DIR        where the profiles, totals and reports are (default node_modules/.kill)
//   --seed TEXT        what all chances come from; counts for a new state only
//   --fresh            forgets the runs so far
//   --flip-leveldb     changes bytes of LevelDB's files, too
//   --spare-log        does no damage to the log

import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: { main: typeof import('./main.ts').main } }} */
const { module } = await runnerImport(join(import.meta.dirname, 'main.ts'), { configFile: false });
process.exit(await module.main(process.argv.slice(2)));
