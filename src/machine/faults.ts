import type { Micros } from '../base/time.ts';
import { withFsyncTime, type DiskModel } from './devices.ts';
import { isInForce, type Fault, type FaultKind } from './fault-plan.ts';
import type { KernelState } from './kernel-state.ts';
import { pathsOfInode } from './lookup.ts';
import { isWithin } from './paths.ts';

/** How long a flush takes that a drive only pretends to do. */
const LYING_FLUSH: Micros = 50;

export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

function isOfKind<K extends FaultKind>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

/** The fault of that kind in force for the whole machine, planned last. */
export function anyFault<K extends FaultKind>(
  state: KernelState,
  kind: K,
  now: Micros,
): FaultOf<K> | undefined {
  const { plans } = state.faults;
  for (let i = plans.length - 1; i >= 0; i--) {
    const fault = plans[i]!;
    if (isOfKind(fault, kind) && isInForce(fault, now)) return fault;
  }
  return undefined;
}

/** The fault of that kind in force for a file, known by its inode or by the path it was opened with. */
export function faultOf<K extends FaultKind>(
  state: KernelState,
  kind: K,
  now: Micros,
  file: { readonly inode: number; readonly path: string },
): FaultOf<K> | undefined {
  const { plans } = state.faults;
  for (let i = plans.length - 1; i >= 0; i--) {
    const fault = plans[i]!;
    if (!isOfKind(fault, kind) || !isInForce(fault, now)) continue;
    if (fault.path === '' || isWithin(file.path, fault.path)) return fault;
    if (pathsOfInode(state, file.inode).some((path) => isWithin(path, fault.path))) return fault;
  }
  return undefined;
}

/** The disk as it is now for a flush of `file`, with all faults. */
export function effectiveDisk(
  state: KernelState,
  now: Micros,
  file: { readonly inode: number; readonly path: string },
): DiskModel {
  let { disk } = state;
  if (state.faults.plans.length === 0) return disk;
  if (faultOf(state, 'lying-drive', now, file) !== undefined) {
    disk = { ...withFsyncTime(disk, LYING_FLUSH / 1_000), flushes: 'ignored' };
  }
  const slow = faultOf(state, 'fsync-time', now, file);
  if (slow !== undefined) disk = withFsyncTime(disk, slow.ms);
  if (faultOf(state, 'write-blocks-during-fsync', now, file) !== undefined)
    disk = { ...disk, writesDuringFsync: 'block' };
  return disk;
}

/** How many more bytes fit on the disk. */
export function freeBytes(state: KernelState, now: Micros): number {
  let limit = state.capacity;
  for (const fault of state.faults.plans) {
    if (fault.kind !== 'disk-full' || !isInForce(fault, now)) continue;
    limit = Math.min(limit, fault.limit);
  }
  return Math.max(limit - state.usedBytes, 0);
}

/** What a program reads from the wall clock at `now`. */
export function wallClock(state: KernelState, now: Micros): Micros {
  let time = now;
  for (const fault of state.faults.plans) {
    if (fault.kind === 'clock-jump' && isInForce(fault, now)) time += Math.round(fault.ms * 1_000);
  }
  return time;
}

export function childBytesPerSecond(state: KernelState, now: Micros): number {
  const factor = anyFault(state, 'child-slow', now)?.factor ?? 1;
  return (state.costs.childMbPerSecond * 1_000_000) / factor;
}
