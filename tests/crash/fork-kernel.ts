/** A copy of a machine to lose power in: structure copied, pages shared, since neither side writes in place meanwhile. */
import { cloneData } from '../../src/base/clone.ts';
import type { Inode, KernelClock, KernelState } from '../../src/machine/kernel-state.ts';
import type { PlatterInode } from '../../src/machine/platter.ts';

export function forkKernelState(state: KernelState): KernelState {
  return {
    ...state,
    random: cloneData(state.random),
    inodes: mapValues(state.inodes, forkInode),
    pending: state.pending.slice(),
    flights: state.flights.map((flight) => ({
      ...flight,
      ranges: flight.ranges.slice(),
      pages: new Map(flight.pages),
      operations: flight.operations.slice(),
    })),
    platter: { inodes: mapValues(state.platter.inodes, forkPlatterInode) },
    platterChanges: [],
    platterJournal: 'drop',
    processes: new Map(state.processes),
    faults: cloneData(state.faults),
    trace: { capacity: 0, entries: [], next: 0, total: 0 },
  };
}

function forkInode(inode: Inode): Inode {
  const names = inode.names.slice();
  if (inode.kind === 'directory') return { ...inode, names, entries: new Map(inode.entries) };
  return {
    ...inode,
    names,
    pages: inode.pages.slice(),
    owned: new Set(),
    dirty: inode.dirty.slice(),
    stale: inode.stale.slice(),
  };
}

function forkPlatterInode(inode: PlatterInode): PlatterInode {
  if (inode.kind === 'directory') return { ...inode, entries: new Map(inode.entries) };
  return { ...inode, pages: inode.pages.slice() };
}

function mapValues<K, V>(map: ReadonlyMap<K, V>, copy: (value: V) => V): Map<K, V> {
  const copies = new Map<K, V>();
  for (const [key, value] of map) copies.set(key, copy(value));
  return copies;
}

/** A clock that stands still, for a machine that only loses power. */
export function stoppedClock(now: number): KernelClock {
  return { now, schedule: () => 0, cancel: () => false, cancelWhere: () => 0 };
}
