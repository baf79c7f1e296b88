import type { Micros } from '../base/time.ts';
import { anyFault } from './faults.ts';
import type { KernelContext, KernelState, Name, Operation, OperationBody } from './kernel-state.ts';
import { changePlatter } from './platter-journal.ts';

/** jbd2 commits a transaction this long after it began (ext4, mount option commit=5). */
const COMMIT_INTERVAL: Micros = 5_000_000;

/**
 * Changes of names, sizes and modes on their way to the platter. As in ext4 they are committed in order: by any
 * fsync those made before it started, and all of them five seconds after the first. Under the fault
 * `rename-not-durable` names wait for an fsync of their directory.
 */
export function addOperation(
  context: KernelContext,
  inode: number,
  body: OperationBody,
  now: Micros,
): void {
  const { state } = context;
  state.pending.push({ ...body, inode, seq: state.nextOperation++ });
  scheduleCommit(context, now);
}

export function scheduleCommit({ state, clock }: KernelContext, now: Micros): void {
  if (state.journal !== 'idle' || state.pending.length === 0) return;
  state.journal = 'commit-scheduled';
  clock.schedule(now + COMMIT_INTERVAL, {
    kind: 'kernel',
    payload: { owner: state.owner, type: 'journal-commit' },
  });
}

/** What an fsync of `inode` takes along of the operations up to number `through`. They leave the list. */
export function takeOperations(
  state: KernelState,
  inode: number,
  through: number,
  now: Micros,
): Operation[] {
  if (state.pending.length === 0) return [];
  const isTaken = anyFault(state, 'rename-not-durable', now)
    ? withheldNames(state, (name) => name.parent === inode, through)
    : () => true;
  return take(state, (operation) => operation.seq <= through && isTaken(operation));
}

/** The operations that the name at `names` stands on, with all that must come before. */
export function takeOperationsOf(state: KernelState, names: readonly Name[]): Operation[] {
  const isOne = (name: Name): boolean =>
    names.some((one) => one.parent === name.parent && one.name === name.name);
  return take(state, withheldNames(state, isOne, Infinity));
}

function take(state: KernelState, isTaken: (operation: Operation) => boolean): Operation[] {
  const taken: Operation[] = [];
  const kept: Operation[] = [];
  for (const operation of state.pending) (isTaken(operation) ? taken : kept).push(operation);
  state.pending.splice(0, state.pending.length, ...kept);
  return taken;
}

/**
 * A test for what may be committed when names are held back: operations on names that `isWanted`, those on the same
 * names that came before them (or a later commit would bring back what has gone), and whatever is not about names.
 */
function withheldNames(
  state: KernelState,
  isWanted: (name: Name) => boolean,
  through: number,
): (operation: Operation) => boolean {
  const chosen = new Set<number>();
  const touched = new Set<string>();
  for (let i = state.pending.length - 1; i >= 0; i--) {
    const operation = state.pending[i]!;
    if (operation.seq > through) continue;
    const names = namesOf(operation);
    if (!names.some((name) => isWanted(name) || touched.has(keyOf(name)))) continue;
    chosen.add(operation.seq);
    for (const name of names) touched.add(keyOf(name));
  }
  return (operation) =>
    namesOf(operation).length > 0
      ? chosen.has(operation.seq)
      : state.platter.inodes.has(operation.inode);
}

function keyOf(name: Name): string {
  return `${name.parent}/${name.name}`;
}

function namesOf(operation: Operation): Name[] {
  switch (operation.op) {
    case 'create':
    case 'link':
      return [operation.to];
    case 'unlink':
      return [operation.from];
    case 'rename':
      return [operation.from, operation.to];
    case 'mode':
    case 'size':
      return [];
  }
}

/** Brings `operations` to the platter, in order. */
export function commitOperations(state: KernelState, operations: readonly Operation[]): void {
  for (const operation of operations) commitOperation(state, operation);
}

function commitOperation(state: KernelState, operation: Operation): void {
  const { inode } = operation;
  const { inodes } = state.platter;
  switch (operation.op) {
    case 'create': {
      const { type, mode, at } = operation;
      if (!inodes.has(inode))
        changePlatter(state, { kind: 'create', inode, type, mode, modifiedAt: at });
      linkOnPlatter(state, operation.to, inode);
      return;
    }
    case 'link':
      linkOnPlatter(state, operation.to, inode);
      return;
    case 'unlink': {
      const { parent, name } = operation.from;
      if (inodes.has(parent)) changePlatter(state, { kind: 'unlink', parent, name, inode });
      freeOnPlatter(state, inode);
      return;
    }
    case 'rename':
      renameOnPlatter(state, inode, operation.from, operation.to);
      return;
    case 'mode':
      if (inodes.has(inode)) changePlatter(state, { kind: 'mode', inode, mode: operation.mode });
      return;
    case 'size': {
      const file = inodes.get(inode);
      const { size, at: modifiedAt } = operation;
      if (file?.kind === 'file' && file.size > size)
        changePlatter(state, { kind: 'size', inode, size, modifiedAt });
    }
  }
}

function linkOnPlatter(state: KernelState, { parent, name }: Name, inode: number): void {
  if (!ensureOnPlatter(state, parent) || !ensureOnPlatter(state, inode)) return;
  changePlatter(state, { kind: 'link', parent, name, inode });
}

function renameOnPlatter(state: KernelState, inode: number, from: Name, to: Name): void {
  if (![from.parent, to.parent, inode].every((number) => ensureOnPlatter(state, number))) return;
  const replaced = entryOnPlatter(state, to.parent, to.name);
  changePlatter(state, {
    kind: 'rename',
    inode,
    fromParent: from.parent,
    fromName: from.name,
    toParent: to.parent,
    toName: to.name,
  });
  if (replaced !== undefined) freeOnPlatter(state, replaced);
}

function entryOnPlatter(state: KernelState, parent: number, name: string): number | undefined {
  const directory = state.platter.inodes.get(parent);
  return directory?.kind === 'directory' ? directory.entries.get(name) : undefined;
}

/** An inode that waits for its directory gets its place on the platter, for its bytes; the name follows later. */
export function ensureOnPlatter(state: KernelState, inode: number): boolean {
  if (state.platter.inodes.has(inode)) return true;
  for (const operation of state.pending) {
    if (operation.op !== 'create' || operation.inode !== inode) continue;
    const { type, mode, at: modifiedAt } = operation;
    changePlatter(state, { kind: 'create', inode, type, mode, modifiedAt });
    return true;
  }
  return false;
}

/** Drops an inode from the platter once neither a name there nor a program leads to it. */
export function freeOnPlatter(state: KernelState, inode: number): void {
  const durable = state.platter.inodes.get(inode);
  if (durable === undefined || durable.links > 0 || state.inodes.has(inode)) return;
  changePlatter(state, { kind: 'free', inode });
}
