// `npm run kill:tails`: kills a browser while a page writes to two databases, one of the site's and one in a storage bucket,
// again and again on one profile, and counts which of them Chromium has deleted when it is opened again.
//   --cycles N     how many kills (default 100)
//   --together     writes to both at the same moment; else to the one after the other, as the log does

import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: { main: typeof import('./tails.ts').main } }} */
const { module } = await runnerImport(join(import.meta.dirname, 'tails.ts'), { configFile: false });
process.exit(await module.main(process.argv.slice(2)));
