/** Part of `npm run lint`: package-lock.json names every platform's packages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './builds.mjs';
import { lockProblems } from './installed.mjs';

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const problems = lockProblems(lock);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${Object.keys(lock.packages).length} packages, none missing`);
