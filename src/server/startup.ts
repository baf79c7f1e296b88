/** From what the manifest names to a data set: files and their replay (spec §5). What follows is in open-log.ts. */
import { unreachable } from '../base/assert.ts';
import type { Micros } from '../base/time.ts';
import { errors } from '../engine/errors.ts';
import { error, OK } from '../engine/replies.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import { errnoText } from '../machine/syscall.ts';
import type { Manifest } from '../persistence/aof-manifest.ts';
import { newAofLoad, stepAofLoad, type LoadStep } from '../persistence/aof-loader.ts';
import type { RdbLoad } from '../persistence/rdb-loader.ts';
import { isRdb } from '../persistence/rdb-reader.ts';
import type { Reply } from '../resp/reply.ts';
import { aofPath, type Core } from './core.ts';
import { snapshotBytes, snapshotLoad, stepSnapshot } from './load-snapshot.ts';
import { becomeReadyWithoutHistory, openLog } from './open-log.ts';
import type { Loading } from './state.ts';
import type { Step } from './steps.ts';

/** Commands between two looks at the clients (aof.c: every 1024 commands). */
const COMMANDS_PER_STEP = 1024;
const WHOLE_FILE = 0x7fff_ffff;

export function snapshotRead(core: Core, outcome: PlanOutcome): void {
  const { state } = core;
  const bytes = snapshotBytes(core, outcome);
  if (bytes === 'absent' && state.reload === null) return becomeReadyWithoutHistory(core);
  if (typeof bytes === 'string') return snapshotUnusable(core);
  state.loading = {
    startedAt: state.now,
    fileStartedAt: state.now,
    files: [{ name: state.settings.dbFilename, size: bytes.length, type: 'snapshot' }],
    file: 0,
    loadedBefore: 0,
    totalBytes: bytes.length,
    load: null,
    rdb: snapshotLoad(state, bytes, 'snapshot'),
    writersMemory: 0,
    commands: 0,
  };
}

function snapshotLoaded(core: Core, loading: Loading): void {
  const { state } = core;
  if (state.reload !== null) {
    core.log('warning', 'DB reloaded by DEBUG RELOAD');
    return reloaded(core, OK);
  }
  const seconds = ((state.now - loading.startedAt) / 1e6).toFixed(3);
  core.log('notice', `DB loaded from disk: ${seconds} seconds`);
  becomeReadyWithoutHistory(core);
}

function snapshotUnusable(core: Core): void {
  if (core.state.reload !== null) return reloaded(core, error(errors.reloadFailed));
  core.log('warning', 'Fatal error loading the DB, check server logs. Exiting.');
  core.die(1);
}

/** DEBUG RELOAD or LOADAOF is done. */
function reloaded(core: Core, reply: Reply): void {
  const { state } = core;
  const client = state.reload?.client ?? null;
  state.loading = null;
  state.reload = null;
  state.phase = 'serving';
  core.answer(client, reply);
}

export function readSizes(core: Core, manifest: Manifest): void {
  const calls = filesOf(manifest).map(
    ({ name }) => ({ call: 'stat', path: aofPath(core.state, name), mayFail: true }) as const,
  );
  if (calls.length === 0)
    return core.state.reload === null ? openLog(core, manifest) : logReloaded(core);
  core.begin('main', calls, { step: 'sizes-read', manifest });
}

function filesOf(manifest: Manifest): readonly { name: string; type: 'base' | 'incr' }[] {
  const base = manifest.base === null ? [] : [{ name: manifest.base.name, type: 'base' as const }];
  return [...base, ...manifest.incr.map(({ name }) => ({ name, type: 'incr' as const }))];
}

export function sizesRead(core: Core, manifest: Manifest, outcome: PlanOutcome): void {
  const { state } = core;
  const files: { name: string; size: number; type: 'base' | 'incr' }[] = [];
  for (const [i, file] of filesOf(manifest).entries()) {
    const result = outcome.results[i]!;
    if (!result.ok) {
      core.log(
        'warning',
        `Unable to obtain the AOF file ${file.name} length. stat: ${errnoText[result.errno]}`,
      );
      return core.die(1);
    }
    files.push({ ...file, size: result.stat?.size ?? 0 });
  }
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  if (totalBytes === 0 && state.reload === null) {
    core.log('notice', 'DB loaded from append only file: 0.000 seconds');
    return openLog(core, manifest);
  }
  state.aof.currentSize = totalBytes;
  state.aof.baseSize = files[0]?.type === 'base' ? files[0].size : 0;
  state.loading = {
    startedAt: state.now,
    fileStartedAt: state.now,
    files,
    file: 0,
    loadedBefore: 0,
    totalBytes,
    load: null,
    rdb: null,
    writersMemory: 0,
    commands: 0,
  };
  readFile(core, state.loading);
}

function readFile(core: Core, loading: Loading): void {
  const { name } = loading.files[loading.file]!;
  core.begin(
    'main',
    [
      { call: 'open', path: aofPath(core.state, name), mode: 'read', as: 'file' },
      { call: 'read', fd: 'file', length: WHOLE_FILE },
      { call: 'close', fd: 'file' },
    ],
    { step: 'file-read' },
  );
}

export function fileRead(core: Core, outcome: PlanOutcome): void {
  const { state } = core;
  const loading = state.loading!;
  const { name } = loading.files[loading.file]!;
  if (!outcome.ok) {
    core.log(
      'warning',
      `Fatal error: can't open the append log file ${name} for reading: ${errnoText[outcome.errno]}`,
    );
    return core.die(1);
  }
  const read = outcome.results[1]!;
  const bytes = (read.ok ? read.bytes : undefined) ?? new Uint8Array();
  if (bytes.length < loading.files[loading.file]!.size) {
    // More than one read takes: to go on would be to take the rest for a torn tail, and to cut it off.
    core.log(
      'warning',
      `Unrecoverable error reading the append only file ${name}: ${errnoText.EFBIG}`,
    );
    return core.die(1);
  }
  if (isRdb(bytes)) {
    core.log(
      'notice',
      name === state.settings.appendFilename
        ? 'Reading RDB preamble from AOF file...'
        : 'Reading RDB base file on AOF loading...',
    );
    loading.rdb = snapshotLoad(state, bytes, 'aof-base');
  } else loading.load = newAofLoad(bytes, state.now, 0, state.repaired);
}

/** Replays a step's worth. False when the main thread has something else to do first. */
export function stepLoading(core: Core, now: Micros): boolean {
  const { state } = core;
  const { loading } = state;
  if (loading === null) return false;
  if (loading.rdb !== null) return stepRdb(core, loading, loading.rdb);
  const { load } = loading;
  if (load === null) return false;
  const before = load.commands;
  const at = load.at;
  const step = stepAofLoad(load, core.engine, now, COMMANDS_PER_STEP);
  loading.commands += load.commands - before;
  state.work.commands += load.commands - before;
  state.work.bytes += load.at - at;
  const { keyLoadDelayMicros } = state.settings;
  if (keyLoadDelayMicros > 0) state.sleepMicros += (load.commands - before) * keyLoadDelayMicros;
  if (step.kind === 'more') return true;
  loaded(core, loading, step);
  return true;
}

function stepRdb(core: Core, loading: Loading, rdb: RdbLoad): true {
  const step = stepSnapshot(core, loading);
  switch (step.kind) {
    case 'more':
      return true;
    case 'done':
      loading.rdb = null;
      loading.writersMemory = rdb.usedMemory;
      // What follows a base is a log, as in files of Redis 4 to 6.
      if (rdb.kind === 'aof-base') readTail(core, loading, rdb, step.end);
      else snapshotLoaded(core, loading);
      return true;
    case 'failed':
    case 'refused':
      rdbRefused(core, loading, rdb, step.kind);
      return true;
    case 'reported':
      core.die(step.exit);
      return true;
    case 'aborted':
      core.die(1, 'SIGABRT');
      return true;
    default:
      return unreachable(step);
  }
}

function readTail(core: Core, loading: Loading, rdb: RdbLoad, start: number): void {
  const { state } = core;
  if (loading.files[loading.file]!.name === state.settings.appendFilename)
    core.log('notice', 'Reading the remaining AOF tail...');
  loading.load = newAofLoad(rdb.reader.input.bytes, state.now, start, state.repaired);
}

/** A start fails. A reload of a file that is no snapshot at all goes on with what it has: nothing. */
function rdbRefused(core: Core, loading: Loading, rdb: RdbLoad, how: 'failed' | 'refused'): void {
  const { name } = loading.files[loading.file]!;
  if (rdb.kind === 'aof-base') {
    if (how === 'failed') return core.die(1);
    const what =
      name === core.state.settings.appendFilename ? 'preamble of the AOF file' : 'base file';
    core.log('warning', `Error reading the RDB ${what} ${name}, AOF loading aborted`);
    return core.die(1);
  }
  if (how === 'refused') return snapshotUnusable(core);
  core.die(1);
}

function loaded(core: Core, loading: Loading, step: Exclude<LoadStep, { kind: 'more' }>): void {
  const file = loading.files[loading.file]!;
  const load = loading.load!;
  loading.load = null;
  if (load.firstError !== null) {
    core.log(
      'warning',
      `== CRITICAL == This server is sending an error to its AOF-loading-client: '${load.firstError.text}' after processing the command '${load.firstError.command}'`,
    );
  }
  const advice = `make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>`;
  switch (step.kind) {
    case 'done':
      return nextFile(core, loading);
    case 'truncated':
      if (step.insideMulti)
        core.log('warning', `Revert incomplete MULTI/EXEC transaction in AOF file ${file.name}`);
      if (!core.state.settings.aofLoadTruncated) {
        core.log(
          'warning',
          `Unexpected end of file reading the append only file ${file.name}. You can: 1) Make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>. 2) Alternatively you can set the 'aof-load-truncated' configuration option to yes and restart the server.`,
        );
        return core.die(1);
      }
      if (loading.file < loading.files.length - 1 && core.state.repaired.has('refusal-truncates')) {
        core.log('warning', NOT_THE_LAST);
        return core.die(1);
      }
      return cutTail(core, loading, step.validUpTo);
    case 'bad-format':
      core.log('warning', `Bad file format reading the append only file ${file.name}: ${advice}`);
      return core.die(1);
    case 'unknown-command':
      core.log(
        'warning',
        `Unknown command '${step.name}' reading the append only file ${file.name}`,
      );
      return core.die(1);
    case 'aborts':
      core.log('warning', `Real Redis aborts here: ${step.why} of ${file.name}`);
      return core.die(1, 'SIGABRT');
  }
}

const NOT_THE_LAST = 'Fatal error: the truncated file is not the last file';

function cutTail(core: Core, loading: Loading, at: number): void {
  const { name } = loading.files[loading.file]!;
  core.log('warning', `!!! Warning: short read while loading the AOF file ${name}!!!`);
  core.log('warning', `!!! Truncating the AOF ${name} at offset ${at} !!!`);
  core.begin(
    'main',
    [
      { call: 'open', path: aofPath(core.state, name), mode: 'write', as: 'file' },
      { call: 'ftruncate', fd: 'file', size: at },
      { call: 'close', fd: 'file' },
    ],
    { step: 'tail-cut', last: loading.file === loading.files.length - 1, at },
  );
}

export function tailCut(
  core: Core,
  step: Extract<Step, { step: 'tail-cut' }>,
  outcome: PlanOutcome,
): void {
  const loading = core.state.loading!;
  const { name } = loading.files[loading.file]!;
  if (!outcome.ok) {
    core.log('warning', `Error truncating the AOF file ${name}: ${errnoText[outcome.errno]}`);
    return core.die(1);
  }
  core.log('warning', `AOF ${name} loaded anyway because aof-load-truncated is enabled`);
  if (!step.last) {
    core.log('warning', NOT_THE_LAST);
    return core.die(1);
  }
  nextFile(core, loading);
}

function nextFile(core: Core, loading: Loading): void {
  const { state } = core;
  const file = loading.files[loading.file]!;
  const since = (at: Micros): string => ((state.now - at) / 1e6).toFixed(3);
  if (file.size > 0) {
    const seconds = since(loading.fileStartedAt);
    core.log('notice', `DB loaded from ${file.type} file ${file.name}: ${seconds} seconds`);
  }
  loading.loadedBefore += file.size;
  loading.file++;
  loading.fileStartedAt = state.now;
  if (loading.file < loading.files.length) return readFile(core, loading);
  core.log('notice', `DB loaded from append only file: ${since(loading.startedAt)} seconds`);
  if (state.reload === null) return openLog(core, state.aof.manifest);
  logReloaded(core);
}

function logReloaded(core: Core): void {
  core.state.engine.dirty = 0;
  core.log('warning', 'Append Only File loaded by DEBUG LOADAOF');
  reloaded(core, OK);
}
