/** fork(2) for BGREWRITEAOF and BGSAVE: the child gets the data set as it is now. */
import { millisOfMicros, secondsOfMicros } from '../base/time.ts';
import { takeSnapshot, type Snapshot } from '../engine/data/snapshot.ts';
import { saveOptionsOf } from '../engine/serialize/save-value.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import type { Errno } from '../machine/syscall.ts';
import type { RdbHeader, RdbSaveOptions } from '../persistence/rdb-writer.ts';
import { libraryCodes } from '../engine/scripting-state.ts';
import type { Core } from './core.ts';
import { noteWait } from './latency.ts';
import { estimateMemory } from './memory-estimate.ts';
import type { Child, ChildTask, ServerState } from './state.ts';
import { redisVersion } from '../engine/version.ts';

export function fork(core: Core, kind: Child['kind']): void {
  const child = kind === 'aof' ? 'redis-aof-rewrite' : 'redis-rdb-bgsave';
  core.state.callStartedAt = core.clock;
  core.begin('main', [{ call: 'fork', child }], { step: 'forked', kind });
}

/** The child that runs now, with its snapshot; or why there is none. */
export function takeChild(core: Core, kind: Child['kind'], outcome: PlanOutcome): Child | Errno {
  const { state } = core;
  const result = outcome.results[0]!;
  if (!result.ok) return result.errno;
  const { databases, scripting } = state.engine;
  const libraries = libraryCodes(scripting);
  const child: Child = {
    pid: result.value,
    kind,
    task: childTask(state, kind, takeSnapshot(databases, libraries)),
    startedAt: state.now,
    dirty: state.engine.dirty,
    logOffset: state.aof.appended,
    reported: 0,
    processed: 0,
    exit: null,
  };
  state.child = child;
  state.counters.forks++;
  state.counters.lastForkMicros = core.clock - state.callStartedAt;
  noteWait(core, 'fork', state.callStartedAt);
  state.forked.push(child.pid);
  core.emit({ event: 'forked', at: core.clock, kind });
  return child;
}

export function childTask(state: ServerState, kind: Child['kind'], snapshot: Snapshot): ChildTask {
  const { settings } = state;
  const { logLevel } = settings;
  return {
    kind,
    format: kind === 'rdb' || settings.aofUseRdbPreamble ? 'rdb' : 'aof',
    snapshot,
    header: rdbHeader(state, kind === 'aof'),
    options: rdbOptions(state),
    dbFilename: settings.dbFilename,
    annotation: settings.aofTimestampEnabled ? `#TS:${secondsOfMicros(state.now)}\r\n` : '',
    keyDelayMicros: settings.rdbKeySaveDelayMicros,
    incrementalSync:
      kind === 'rdb' ? settings.rdbSaveIncrementalFsync : settings.aofRewriteIncrementalFsync,
    logs: logLevel === 'nothing' ? 'nothing' : logLevel === 'warning' ? 'warnings' : 'all',
    utcOffset: state.utcOffset,
  };
}

export function rdbHeader(state: ServerState, aofBase: boolean): RdbHeader {
  return {
    redisVersion: redisVersion,
    createdAt: secondsOfMicros(state.now),
    usedMemory: estimateMemory(state).used,
    aofBase,
  };
}

export function rdbOptions({ settings, now }: ServerState): RdbSaveOptions {
  const { maxmemoryPolicy: policy, rdbChecksum, lfuLogFactor, lfuDecayTime } = settings;
  return {
    ...saveOptionsOf(settings),
    checksum: rdbChecksum,
    usage: policy.endsWith('lru') ? 'idle' : policy.endsWith('lfu') ? 'frequency' : 'none',
    now: millisOfMicros(now),
    lfuLogFactor,
    lfuDecayTime,
  };
}
