/** `npm run check`: the types, under each host's own declarations. */
import { typeStages } from './lint-stages.mjs';
import { runStages, sum, total } from './stages.mjs';

const counts = total(await runStages(typeStages(), 2));
console.log(sum(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
