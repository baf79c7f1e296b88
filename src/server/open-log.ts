/** The last part of a start: the log is opened for appending, and made if there is none (aof.c, spec §5.1). */
import type { PlannedCall, PlanOutcome } from '../machine/plan.ts';
import { errnoText, type Errno, type Syscall } from '../machine/syscall.ts';
import {
  baseName,
  isEmptyManifest,
  withNextIncr,
  withoutHistory,
  type Manifest,
} from '../persistence/aof-manifest.ts';
import { emptyRdb } from '../persistence/rdb-writer.ts';
import { tempBaseName } from './child-process.ts';
import { aofPath, type Core } from './core.ts';
import { rdbHeader } from './fork.ts';
import {
  closeUnlinked,
  collectsHistory,
  directoryErrorLine,
  makeLogDirectory,
  manifestErrorLine,
  persistManifest,
  removeHistory,
} from './manifest-calls.ts';
import type { Step } from './steps.ts';

/** Opens the last incr file for appending; an empty manifest gets a base and an incr file first. */
export function openLog(core: Core, loaded: Manifest): void {
  const { state } = core;
  const calls: PlannedCall[] = [makeLogDirectory(state)];
  let manifest = loaded;
  const base = isEmptyManifest(loaded);
  if (base) {
    manifest = withFirstBase(core, loaded);
    calls.push(...createBase(core, manifest.base!.name));
  }
  const incr = manifest.incr.length === 0;
  if (incr) manifest = withNextIncr(manifest, state.settings.appendFilename);
  calls.push(
    { call: 'open', path: lastIncrPath(core, manifest), mode: 'append', as: 'log' },
    { call: 'fstat', fd: 'log' },
  );
  if (incr) calls.push(...persistManifest(state, manifest));
  core.begin('main', calls, { step: 'log-opened', manifest, made: { base, incr } });
}

function lastIncrPath({ state }: Core, { incr }: Manifest): string {
  return aofPath(state, incr[incr.length - 1]!.name);
}

function withFirstBase(core: Core, manifest: Manifest): Manifest {
  const { appendFilename, aofUseRdbPreamble } = core.state.settings;
  const name = baseName(appendFilename, 1, aofUseRdbPreamble ? 'rdb' : 'aof');
  return { ...manifest, base: { name, sequence: 1, type: 'base' }, baseSequence: 1 };
}

/** aof.c:rewriteAppendOnlyFile, of nothing. */
function createBase(core: Core, name: string): readonly PlannedCall[] {
  const { state } = core;
  const temp = tempBaseName(state.pid, 'writing');
  const bytes = state.settings.aofUseRdbPreamble
    ? emptyRdb(rdbHeader(state, true))
    : new Uint8Array();
  return [
    { call: 'open', path: temp, mode: 'truncate', as: 'base' },
    ...(bytes.length === 0 ? [] : [{ call: 'write', fd: 'base', bytes, whole: true } as const]),
    { call: 'fsync', fd: 'base' },
    { call: 'close', fd: 'base' },
    { call: 'rename', from: temp, to: aofPath(state, name) },
  ];
}

export function logOpened(
  core: Core,
  step: Extract<Step, { step: 'log-opened' }>,
  outcome: PlanOutcome,
): void {
  const { state } = core;
  const { aof } = state;
  const { manifest, made } = step;
  const incr = manifest.incr[manifest.incr.length - 1]!;
  if (made.base && outcome.descriptors.has('log'))
    core.log('notice', `Creating AOF base file ${manifest.base!.name} on server start`);
  if (!outcome.ok) {
    core.log('warning', openErrorLine(core, incr.name, outcome.failed, outcome.errno));
    return core.die(1);
  }
  const verb = made.incr ? 'Creating' : 'Opening';
  core.log('notice', `${verb} AOF incr file ${incr.name} on server start`);
  const stat = outcome.results.find((result) => result.ok && result.stat !== undefined);
  aof.fd = outcome.descriptors.get('log')!;
  aof.manifest = manifest;
  aof.mode = 'on';
  aof.incrSize = (stat?.ok ? stat.stat?.size : undefined) ?? 0;
  aof.incrFsyncOffset = aof.incrSize;
  core.emit({
    event: 'segment',
    at: core.clock,
    path: aofPath(state, incr.name),
    offset: aof.appended,
    fileOffset: aof.incrSize,
  });
  becomeReadyWithoutHistory(core);
}

function openErrorLine(core: Core, incr: string, failed: Syscall, errno: Errno): string {
  const { state } = core;
  const why = errnoText[errno];
  if (failed.call === 'mkdir') return directoryErrorLine(state, errno);
  if (failed.call === 'open' && failed.as === 'base')
    return `Opening the temp file for AOF rewrite in rewriteAppendOnlyFile(): ${why}`;
  if (failed.call === 'rename' && failed.from === tempBaseName(state.pid, 'writing'))
    return `Error moving temp append only file on the final destination: ${why}`;
  if ('fd' in failed && failed.fd === 'base')
    return `Write error writing append only file on disk: ${why}`;
  if (failed.call === 'open' && failed.as === 'log')
    return `Can't open the append-only file ${incr}: ${why}`;
  return manifestErrorLine(state, failed, errno);
}

/** History files that a crash left go now, whether the log is on or not. */
export function becomeReadyWithoutHistory(core: Core): void {
  const { manifest } = core.state.aof;
  if (!collectsHistory(core.state, manifest)) return becomeReady(core);
  core.begin('main', removeHistory(core, manifest), { step: 'history-removed' });
}

export function historyRemoved(core: Core, outcome: PlanOutcome): void {
  core.state.aof.manifest = withoutHistory(core.state.aof.manifest);
  closeUnlinked(core, outcome);
  becomeReady(core);
}

function becomeReady(core: Core): void {
  const { state } = core;
  const commands = state.loading?.commands ?? 0;
  state.loading = null;
  state.phase = 'serving';
  state.stage = 'commands';
  if (state.settings.port !== 0) core.log('notice', 'Ready to accept connections tcp');
  core.emit({ event: 'ready', at: core.clock, commands });
}
