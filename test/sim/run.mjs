// `npm run sim`: histories of the simulated world, one for each seed, and the promises that they break.
//   --seeds N     how many (default 1000)
//   --from S      the first seed (default 1)
//   --seed S      one seed alone
//   --calls N     no more calls than these in a history
//   --trace       prints what happened, fact by fact

import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: { main: typeof import('./semantics/main.ts').main } }} */
const { module } = await runnerImport(join(import.meta.dirname, 'semantics/main.ts'), { configFile: false });
process.exit(await module.main(process.argv.slice(2)));
