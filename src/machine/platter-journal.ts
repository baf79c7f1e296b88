import type { KernelState } from './kernel-state.ts';
import { applyPlatterChange, type PlatterChange } from './platter.ts';

/** The only way to change a platter, so that its journal tells everything. */
export function changePlatter(state: KernelState, change: PlatterChange): void {
  if (change.kind === 'link' || change.kind === 'unlink') state.nameChanges++;
  applyPlatterChange(state.platter, change);
  recordPlatterChange(state, change);
}

export function recordPlatterChange(state: KernelState, change: PlatterChange): void {
  if (state.platterJournal === 'keep') state.platterChanges.push(change);
}
