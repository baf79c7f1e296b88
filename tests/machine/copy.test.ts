import { expect, test } from 'vitest';
import { byteStringOf } from '../../src/base/bytes.ts';
import { cloneData } from '../../src/base/clone.ts';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import { boot, Machine } from './harness.ts';
import { RandomRun } from './random-run.ts';

/** Plain data as a text that also tells which references are shared; host representations don't show in it. */
function dump(root: unknown): string {
  const numbers = new Map<object, number>();
  const parts: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) {
      parts.push(typeof value === 'string' ? JSON.stringify(value) : String(value));
      return;
    }
    const known = numbers.get(value);
    if (known !== undefined) {
      parts.push(`#${known}`);
      return;
    }
    numbers.set(value, numbers.size);
    if (value instanceof Uint8Array) parts.push(`<${byteStringOf(value)}>`);
    else {
      const isCollection = value instanceof Map || value instanceof Set;
      parts.push('(');
      for (const child of isCollection ? value : Object.entries(value)) {
        for (const part of Array.isArray(child) ? child : [child]) visit(part);
        parts.push(',');
      }
      parts.push(')');
    }
  };
  visit(root);
  return parts.join(' ');
}

test('a machine copied at any of 100 random instants runs on like the original, to the last byte', () => {
  const choice = seedRandom('instants of copies');
  for (let seed = 0; seed < 100; seed++) {
    const run = new RandomRun(boot({ disk: 'hdd', seed, traceCapacity: 20 }), seed);
    for (let i = nextBelow(choice, 120); i > 0; i--) run.step();
    const { machine } = run;
    const copied = cloneData({ state: machine.state, random: run.random });
    const untouched = dump(copied.state);
    expect(untouched === dump(machine.state), `seed ${seed}`).toBe(true);
    for (let i = 0; i < 60; i++) run.step();
    machine.kernel.losePower('holes');
    expect(
      dump(copied.state) === untouched,
      `seed ${seed}: the original writes into its copy`,
    ).toBe(true);

    const again = new RandomRun(new Machine(copied.state, machine.pid), copied.random);
    for (let i = 0; i < 60; i++) again.step();
    again.machine.kernel.losePower('holes');
    expect(dump(again.machine.state) === dump(machine.state), `seed ${seed}: two futures`).toBe(
      true,
    );
  }
});
