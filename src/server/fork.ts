/** fork(2) for BGREWRITEAOF and BGSAVE: the child gets the data set as it is now. */
import { errors } from '../engine/errors.ts';
import { takeSnapshot } from '../engine/data/snapshot.ts';
import { error } from '../engine/replies.ts';
import type { ClientId } from '../engine/session.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import { errnoText } from '../machine/syscall.ts';
import type { Core } from './core.ts';
import { rewriteForked, rewriteRefused } from './rewrite.ts';
import type { Child } from './state.ts';
import type { Step } from './steps.ts';

export function fork(core: Core, kind: Child['kind'], client: ClientId | null): void {
  core.begin(
    'main',
    [{ call: 'fork', child: kind === 'aof' ? 'redis-aof-rewrite' : 'redis-rdb-bgsave' }],
    {
      step: 'forked',
      kind,
      client,
    },
  );
}

export function forked(
  core: Core,
  step: Extract<Step, { step: 'forked' }>,
  outcome: PlanOutcome,
): void {
  const { state } = core;
  const result = outcome.results[0]!;
  if (!result.ok) {
    if (step.kind === 'aof') {
      core.log(
        'warning',
        `Can't rewrite append only file in background: fork: ${errnoText[result.errno]}`,
      );
      return rewriteRefused(core);
    }
    core.log('warning', `Can't save in background: fork: ${errnoText[result.errno]}`);
    state.save.lastOk = false;
    return core.answer(step.client, error(errors.saveFailed));
  }
  const child: Child = {
    pid: result.value,
    kind: step.kind,
    snapshot: takeSnapshot(state.engine.databases),
    startedAt: state.now,
    dirty: state.engine.dirty,
    logOffset: state.aof.appended,
    exit: null,
  };
  state.child = child;
  state.counters.forks++;
  state.forked.push(child.pid);
  if (step.kind === 'aof') rewriteForked(core, child);
}
