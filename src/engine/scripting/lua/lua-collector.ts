/**
 * What of a script's memory is alive. The host frees what nothing refers to, but cannot tell how much is left; so that
 * no script takes all of its memory, what can be reached is counted when much has been made.
 */
import type { LuaMachine } from './lua-machine.ts';
import { BYTES_PER_NODE, BYTES_PER_SLOT, BYTES_PER_TABLE, type Heap } from './lua-table.ts';
import { LuaError, type LuaThread, type LuaValue } from './lua-value.ts';

/** Bytes that may be alive; the host takes some times as many. */
const MOST_ALIVE = 0x1800_0000;
const LEAST_BETWEEN = 0x800_0000;

export function isFull(heap: Heap): boolean {
  return heap.allocated > heap.full;
}

export function collect(machine: LuaMachine): void {
  const { heap } = machine;
  const alive = bytesAlive(machine);
  heap.allocated = alive;
  heap.full = Math.max(2 * alive, LEAST_BETWEEN);
  if (alive > MOST_ALIVE) throw new LuaError('not enough memory');
}

export function bytesAlive({ state }: LuaMachine): number {
  const seen = new Set<LuaValue>();
  const waiting: LuaValue[] = [state.globals, state.main, state.thread];
  let bytes = 0;
  while (waiting.length > 0) {
    const value = waiting.pop();
    if ((typeof value !== 'object' && typeof value !== 'string') || seen.has(value)) continue;
    seen.add(value);
    if (typeof value === 'string') bytes += value.length + 24;
    else if (value.type === 'table') {
      const { array, keys, values } = value;
      bytes += BYTES_PER_TABLE + array.length * BYTES_PER_SLOT + keys.length * BYTES_PER_NODE;
      for (const item of array) waiting.push(item);
      for (const item of keys) waiting.push(item);
      for (const item of values) waiting.push(item);
      waiting.push(value.metatable);
    } else if (value.type === 'function') {
      bytes += BYTES_PER_NODE;
      for (const { stack, at } of value.upvalues) waiting.push(stack[at]);
      waiting.push(value.environment);
    } else if (value.type === 'thread') {
      bytes += BYTES_PER_TABLE;
      waiting.push(value.body, value.parent, ...registersOf(value));
    }
  }
  return bytes;
}

/** What stands above the frames is of no use any more. */
function* registersOf(thread: LuaThread): Generator<LuaValue> {
  let end = 0;
  for (const frame of thread.frames) {
    if (frame.kind === 'protected') yield frame.handler;
    if (frame.kind !== 'call') continue;
    yield frame.closure;
    end = Math.max(frame.base + frame.closure.proto.stackSize, frame.top);
  }
  for (let i = 0; i < end; i++) yield thread.stack[i];
}
