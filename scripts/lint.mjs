/** `npm run lint`: everything that reads the sources without running them. */
import { lintStages } from './lint-stages.mjs';
import { runStages, sum, total } from './stages.mjs';

const counts = total(await runStages(lintStages(), 2));
console.log(sum(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
