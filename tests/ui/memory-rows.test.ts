import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MemoryRows } from '../../src/ui/memory/memory-rows.svelte.ts';
import type { LabCalls } from '../../src/worker/link.ts';
import type { LaneView } from '../../src/worker/protocol.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Rows over a lab where each comparison takes `cost` ms; whether each question was for a new one. */
function rowsOver(cost: number) {
  const again: boolean[] = [];
  const memory = (request: { readonly again: boolean }): Promise<unknown> => {
    again.push(request.again);
    return Promise.resolve({ cost });
  };
  const rows = new MemoryRows({ memory } as unknown as LabCalls);
  const changed = async (state: LaneView['state'], paused = false): Promise<void> => {
    rows.changed({ id: 'main', state, power: 'on' }, paused);
    await vi.advanceTimersByTimeAsync(1_000);
  };
  return { again, changed };
}

test('a quick comparison is made with every change', async () => {
  const { again, changed } = rowsOver(5);
  for (let i = 0; i < 3; i++) await changed('running');
  expect(again).toEqual([true, true, true]);
});

test('a slow one is made after an accident and a boot, and while the lab stands; else the rows alone are asked for', async () => {
  const { again, changed } = rowsOver(500);
  await changed('running');
  await changed('running');
  await changed('stopped');
  await changed('stopped');
  await changed('running');
  await changed('running', true);
  expect(again).toEqual([true, false, true, false, true, true]);
});
