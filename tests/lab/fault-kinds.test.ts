import { expect, test } from 'vitest';
import { FAULT_KINDS } from '../../src/cli/fault-kinds.ts';
import { faultKinds } from '../../src/machine/fault-plan.ts';

test('the console names exactly the faults that the machine knows', () => {
  expect([...FAULT_KINDS.keys()].sort()).toEqual([...faultKinds].sort());
});
