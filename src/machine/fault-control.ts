import type { Micros } from '../base/time.ts';
import { parseFault, type Fault, type FaultRequest, type PlanResult } from './fault-plan.ts';
import type { FaultOf } from './faults.ts';
import { scheduleCommit } from './journal.ts';
import type { KernelContext, KernelState } from './kernel-state.ts';
import { findPath } from './lookup.ts';
import { PAGE_SIZE, pageOf, type Page } from './pages.ts';
import { normalizePath } from './paths.ts';
import { changePlatter } from './platter-journal.ts';
import { platterFile } from './platter.ts';
import { addRange, rangesWithin } from './ranges.ts';

/** Paths in a plan start here when they are relative. */
const PLAN_DIRECTORY = '/data';

/** Plans a fault; its value is the plan's number. A wrong plan is told, and nothing is planned. */
export function planFault(
  context: KernelContext,
  request: FaultRequest,
  now: Micros,
): PlanResult<number> {
  const { state, clock } = context;
  const parsed = parseFault(request, state.faults.nextId, now);
  if (!parsed.ok) return parsed;
  const { path } = parsed.value;
  const fault: Fault = {
    ...parsed.value,
    path: path === '' ? '' : normalizePath(path, PLAN_DIRECTORY),
  };
  if (fault.kind === 'bit-rot' && fault.at <= now) {
    const refusal = rotBit(state, fault);
    return refusal === undefined
      ? { ok: true, value: state.faults.nextId++ }
      : { ok: false, error: refusal };
  }
  state.faults.nextId++;
  state.faults.plans.push(fault);
  if (fault.at > now) {
    clock.schedule(fault.at, {
      kind: 'kernel',
      payload: { owner: state.owner, type: 'fault-starts', fault: fault.id },
    });
  } else {
    startFault(context, fault.id);
  }
  return { ok: true, value: fault.id };
}

/** What happens at the instant at which a planned fault comes into force. */
export function startFault({ state }: KernelContext, id: number): void {
  const index = state.faults.plans.findIndex((fault) => fault.id === id);
  const fault = state.faults.plans[index];
  if (fault === undefined) return;
  if (fault.kind === 'disk-full') fault.limit = state.usedBytes + fault.left;
  if (fault.kind === 'bit-rot') {
    rotBit(state, fault);
    state.faults.plans.splice(index, 1);
  }
}

/** Ends all faults, or those of one kind. What they have broken stays broken. */
export function healFaults(context: KernelContext, now: Micros, kind?: string): void {
  const { plans } = context.state.faults;
  const kept = kind === undefined ? [] : plans.filter((fault) => fault.kind !== kind);
  plans.splice(0, plans.length, ...kept);
  scheduleCommit(context, now);
}

/**
 * Flips the lowest bit of a byte on the platter; says why it can't. The page cache keeps a page that it has changed
 * since; a clean one is dropped and read anew (Redis 7.2 asks for that after each fsync).
 */
function rotBit(state: KernelState, fault: FaultOf<'bit-rot'>): string | undefined {
  const number = findPath(state, fault.path);
  const durable = number === undefined ? undefined : state.platter.inodes.get(number);
  if (number === undefined || durable?.kind !== 'file')
    return `fault bit-rot: no file ${fault.path} on the disk`;
  if (fault.offset >= durable.size) {
    return `fault bit-rot: ${fault.path} has ${durable.size} bytes on the disk, there is no byte ${fault.offset}`;
  }
  const index = pageOf(fault.offset);
  const before = durable.pages[index];
  const value = before?.[fault.offset - index * PAGE_SIZE] ?? 0;
  changePlatter(state, {
    kind: 'data',
    inode: number,
    offset: fault.offset,
    bytes: Uint8Array.of(value ^ 1),
  });
  forgetPage(state, number, fault.offset, before);
  return undefined;
}

/** Drops a page that equals the platter's; of one that can't be dropped the byte counts as given up. */
function forgetPage(
  state: KernelState,
  number: number,
  offset: number,
  before: Page | undefined,
): void {
  const index = pageOf(offset);
  const cached = state.inodes.get(number);
  if (cached?.kind !== 'file') return;
  if (cached.pages[index] === before) {
    cached.pages[index] = platterFile(state.platter, number).pages[index];
    return;
  }
  for (const flight of state.flights) {
    if (flight.inode === number) flight.differs = 'on-pages';
  }
  if (rangesWithin(cached.dirty, offset, offset + 1).length === 0)
    addRange(cached.stale, offset, offset + 1);
}
