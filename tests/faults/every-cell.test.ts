import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { quirkNames } from '../../src/persistence/quirks.ts';
import { faultKinds } from '../../src/machine/fault-plan.ts';
import { FAULT_CELLS } from './cells.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts') && name !== 'every-cell.test.ts')
  .map((name) => readFileSync(`${folder}${name}`, 'utf8'));

/** The words between the quotes of `cell('fault', 'outcome'`, and of `'outcome'` rows in a table of them. */
const tested = sources.flatMap((text) =>
  [...text.matchAll(/\bcell\(\s*'([^']+)',\s*'([^']+)'/g)].map(([, ...names]) => names.join(': ')),
);

test('every cell of the table of faults has exactly one test', () => {
  const cells = Object.entries(FAULT_CELLS).flatMap(([fault, outcomes]) =>
    outcomes.map((outcome) => `${fault}: ${outcome}`),
  );
  expect(tested.toSorted()).toEqual(cells.toSorted());
});

test('every quirk has its cells, as Redis has it and repaired', () => {
  expect(FAULT_CELLS.quirks).toEqual(
    quirkNames.flatMap((name) => [`${name}: as Redis`, `${name}: repaired`]),
  );
});

test('every fault that can be planned is planned by some test of the table', () => {
  const planned = sources.join('\n');
  expect(faultKinds.filter((kind) => !planned.includes(`'${kind}'`))).toEqual([]);
});
