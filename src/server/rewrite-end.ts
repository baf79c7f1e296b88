/** The end of a rewrite: the child's base takes its place, or nothing of it stays (aof.c, spec §4.3 steps 5 to 7). */
import { newGrowableBytes } from '../base/growable-bytes.ts';
import { secondsOfMicros } from '../base/time.ts';
import { releaseSnapshot } from '../engine/data/snapshot.ts';
import type { PlannedCall, PlanOutcome } from '../machine/plan.ts';
import { errnoText, type Pid } from '../machine/syscall.ts';
import {
  tempIncrName,
  withNextBase,
  withNextIncr,
  withoutHistory,
  type Manifest,
} from '../persistence/aof-manifest.ts';
import { tempBaseName } from './child-process.ts';
import { aofPath, type Core } from './core.ts';
import {
  closeUnlinked,
  collectsHistory,
  manifestErrorLine,
  persistManifest,
  removeHistory,
  unlinkInBackground,
} from './manifest-calls.ts';
import { signalNumber } from './signals.ts';
import type { Child } from './state.ts';
import type { Step } from './steps.ts';

/** aof.c:backgroundRewriteDoneHandler. */
export function rewriteEnded(core: Core, child: Child): void {
  const { state } = core;
  const { exit } = child;
  releaseSnapshot(child.task.snapshot);
  state.rewrite.lastSeconds = secondsOfMicros(state.now) - secondsOfMicros(state.rewrite.startedAt);
  if (exit?.code === 0 && exit.signal === null) {
    core.log('notice', 'Background AOF rewrite terminated with success');
    return installBase(core, child);
  }
  if (exit?.signal !== 'SIGUSR1') rewriteFailed(core);
  if (exit !== null && exit.signal !== null)
    core.log('warning', `Background AOF rewrite terminated by signal ${signalNumber(exit.signal)}`);
  else core.log('warning', 'Background AOF rewrite terminated with error');
  cleanUp(core, child, []);
}

function installBase(core: Core, child: Child): void {
  const { state } = core;
  const { settings, aof } = state;
  const format = settings.aofUseRdbPreamble ? 'rdb' : 'aof';
  let manifest = withNextBase(
    aof.manifest,
    settings.appendFilename,
    format,
    aof.mode === 'on' ? 1 : 0,
  );
  const base = aofPath(state, manifest.base!.name);
  const calls: PlannedCall[] = [
    { call: 'rename', from: tempBaseName(child.pid, 'finished'), to: base },
  ];
  if (aof.mode === 'wait-rewrite') {
    manifest = withNextIncr(manifest, settings.appendFilename);
    const incr = manifest.incr[manifest.incr.length - 1]!.name;
    calls.push({
      call: 'rename',
      from: aofPath(state, tempIncrName(settings.appendFilename)),
      to: aofPath(state, incr),
    });
  }
  calls.push(...persistManifest(state, manifest), { call: 'stat', path: base });
  core.begin('main', calls, { step: 'base-installed', manifest });
}

export function baseInstalled(
  core: Core,
  step: Extract<Step, { step: 'base-installed' }>,
  outcome: PlanOutcome,
): void {
  const { state } = core;
  const { aof } = state;
  const child = state.child!;
  logRenames(core, child, step.manifest, outcome);
  if (!outcome.ok) {
    rewriteFailed(core);
    return cleanUp(core, child, installed(core, step.manifest, outcome));
  }
  const stat = outcome.results[outcome.results.length - 1]!;
  const baseSize = (stat.ok ? stat.stat?.size : undefined) ?? 0;
  aof.manifest = step.manifest;
  if (aof.mode === 'wait-rewrite') {
    aof.mode = 'on';
    const incr = step.manifest.incr[step.manifest.incr.length - 1]!.name;
    const start = aof.written - aof.incrSize;
    core.emit({
      event: 'segment',
      at: core.clock,
      path: aofPath(state, incr),
      offset: start,
      fileOffset: 0,
    });
    state.fsyncedOffset = state.replicationOffset;
  }
  if (aof.mode === 'on') {
    aof.currentSize = baseSize + aof.incrSize;
    aof.baseSize = aof.currentSize;
  }
  state.rewrite.lastOk = true;
  state.rewrite.consecutiveFailures = 0;
  core.emit({ event: 'rewritten', at: core.clock, offset: child.logOffset });
  if (!collectsHistory(state, step.manifest)) return rewriteFinished(core);
  core.begin('main', removeHistory(core, step.manifest), {
    step: 'rewrite-cleaned',
    manifest: withoutHistory(step.manifest),
  });
}

export function rewriteCleaned(
  core: Core,
  step: Extract<Step, { step: 'rewrite-cleaned' }>,
  outcome: PlanOutcome,
): void {
  closeUnlinked(core, outcome);
  core.state.aof.manifest = step.manifest;
  rewriteFinished(core);
}

function rewriteFinished(core: Core): void {
  core.log('notice', 'Background AOF rewrite finished successfully');
  cleanUp(core, core.state.child!, []);
}

/** What the renames of `installBase` came to: each is told when it is done, the one that failed with its reason. */
function logRenames(core: Core, child: Child, manifest: Manifest, outcome: PlanOutcome): void {
  const { state } = core;
  const incr = manifest.incr[manifest.incr.length - 1]?.name ?? '';
  const renames = [
    { what: 'base', from: tempBaseName(child.pid, 'finished'), to: manifest.base!.name },
  ];
  if (state.aof.mode === 'wait-rewrite')
    renames.push({ what: 'incr', from: tempIncrName(state.settings.appendFilename), to: incr });
  for (const [i, { what, from, to }] of renames.entries()) {
    const result = outcome.results[i];
    if (result === undefined) return;
    if (result.ok)
      core.log('notice', `Successfully renamed the temporary AOF ${what} file ${from} into ${to}`);
    else {
      const source = what === 'base' ? from : aofPath(state, from);
      core.log(
        'warning',
        `Error trying to rename the temporary AOF ${what} file ${source} into ${aofPath(state, to)}: ${errnoText[result.errno]}`,
      );
      return;
    }
  }
  if (!outcome.ok) core.log('warning', manifestErrorLine(state, outcome.failed, outcome.errno));
}

/** Files that stand under their new names, though the manifest that would name them was not written. */
function installed(core: Core, manifest: Manifest, { results }: PlanOutcome): readonly string[] {
  const { state } = core;
  const paths: string[] = [];
  if (results[0]?.ok === true) paths.push(aofPath(state, manifest.base!.name));
  if (state.aof.mode === 'wait-rewrite' && results[1]?.ok === true)
    paths.push(aofPath(state, manifest.incr[manifest.incr.length - 1]!.name));
  return paths;
}

function rewriteFailed(core: Core): void {
  const { rewrite } = core.state;
  rewrite.lastOk = false;
  rewrite.consecutiveFailures++;
}

/** `unused`: files in place that nobody needs now. While the first rewrite is waited for, its log begins anew. */
function cleanUp(core: Core, child: Child, unused: readonly string[]): void {
  const { state } = core;
  const { aof, settings } = state;
  state.child = null;
  const paths = [...unused, ...tempBaseNames(child.pid)];
  if (aof.mode === 'wait-rewrite') {
    state.rewriteScheduled = true;
    aof.appended = aof.written;
    aof.buffer = newGrowableBytes();
    const name = tempIncrName(settings.appendFilename);
    core.log('notice', `Removing the temp incr aof file ${name} in the background`);
    paths.push(aofPath(state, name));
  }
  core.begin('main', unlinkInBackground(paths), { step: 'unlinked' });
}

/** aof.c:aofRemoveTempFile. */
export function tempBaseNames(pid: Pid): readonly string[] {
  return [tempBaseName(pid, 'finished'), tempBaseName(pid, 'writing')];
}

/** aof.c:killAppendOnlyChild: it is waited for, so that nothing of it is left. The calls are the caller's to make. */
export function killRewritingChild(core: Core): readonly PlannedCall[] {
  const { state } = core;
  const { child } = state;
  if (child?.kind !== 'aof') return [];
  core.log('notice', `Killing running AOF rewrite child: ${child.pid}`);
  state.signalsToSend.push({ pid: child.pid, signal: 'SIGUSR1' });
  releaseSnapshot(child.task.snapshot);
  state.child = null;
  return unlinkInBackground(tempBaseNames(child.pid));
}
