/** fork(2) for BGREWRITEAOF and BGSAVE: the child gets the data set as it is now. */
import { takeSnapshot } from '../engine/data/snapshot.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import type { Errno } from '../machine/syscall.ts';
import type { Core } from './core.ts';
import type { Child } from './state.ts';

export function fork(core: Core, kind: Child['kind']): void {
  const child = kind === 'aof' ? 'redis-aof-rewrite' : 'redis-rdb-bgsave';
  core.begin('main', [{ call: 'fork', child }], { step: 'forked', kind });
}

/** The child that runs now, with its snapshot; or why there is none. */
export function takeChild(core: Core, kind: Child['kind'], outcome: PlanOutcome): Child | Errno {
  const { state } = core;
  const result = outcome.results[0]!;
  if (!result.ok) return result.errno;
  const child: Child = {
    pid: result.value,
    kind,
    snapshot: takeSnapshot(state.engine.databases),
    startedAt: state.now,
    dirty: state.engine.dirty,
    logOffset: state.aof.appended,
    exit: null,
  };
  state.child = child;
  state.counters.forks++;
  state.forked.push(child.pid);
  return child;
}
