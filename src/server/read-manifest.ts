/** The first part of a start: the manifest, and the move of a log that has none because it is older (spec §4.2, §4.8). */
import type { PlanOutcome } from '../machine/plan.ts';
import { errnoText } from '../machine/syscall.ts';
import {
  isEmptyManifest,
  manifestName,
  newManifest,
  parseManifest,
  type Manifest,
} from '../persistence/aof-manifest.ts';
import { aofPath, type Core } from './core.ts';
import { readSnapshot } from './load-snapshot.ts';
import {
  directoryErrorLine,
  makeLogDirectory,
  manifestErrorLine,
  persistManifest,
} from './manifest-calls.ts';
import { readSizes } from './startup.ts';

const WHOLE_FILE = 0x7fff_ffff;

/** The manifest is read whether the log is on or not: a log that is turned on later goes on with its numbers. */
export function beginStartup(core: Core): void {
  readManifest(core);
}

/** The load begins: what the manifest names comes into memory. */
export function readManifest(core: Core): void {
  const { state } = core;
  const { appendDirname: directory, appendFilename } = state.settings;
  const manifest = aofPath(state, manifestName(appendFilename));
  state.phase = 'loading';
  core.begin(
    'main',
    [
      { call: 'stat', path: directory, mayFail: true },
      { call: 'open', path: manifest, mode: 'read', as: 'manifest', mayFail: true },
      { call: 'read', fd: 'manifest', length: WHOLE_FILE, mayFail: true },
      { call: 'close', fd: 'manifest', mayFail: true },
      { call: 'stat', path: appendFilename, mayFail: true },
      { call: 'stat', path: aofPath(state, appendFilename), mayFail: true },
      ...(state.repaired.has('lost-manifest')
        ? [{ call: 'readdir', path: directory, mayFail: true } as const]
        : []),
    ],
    { step: 'manifest-read' },
  );
}

export function manifestRead(core: Core, outcome: PlanOutcome): void {
  const { state } = core;
  const { settings } = state;
  const [directory, opened, read, , single, moved, listed] = outcome.results;
  let manifest = newManifest();
  if (!directory?.ok) {
    core.log('debug', `The AOF directory ${settings.appendDirname} doesn't exist`);
  } else if (!opened?.ok) {
    core.log(
      'debug',
      `The AOF manifest file ${manifestName(settings.appendFilename)} doesn't exist`,
    );
  } else if (read?.ok) {
    const parsed = parseManifest(read.bytes ?? new Uint8Array());
    if (!parsed.ok) {
      core.log('warning', '\n*** FATAL AOF MANIFEST FILE ERROR ***\n');
      if (parsed.line > 0) {
        core.log('warning', `Reading the manifest file, at line ${parsed.line}\n`);
        core.log('warning', `>>> '${parsed.text}'\n`);
      }
      core.log('warning', `${parsed.reason}\n`);
      return core.die(1);
    }
    manifest = parsed.manifest;
  }
  state.aof.manifest = manifest;
  if (!settings.appendOnly && state.reload === null) return readSnapshot(core);
  const isFile = single?.ok === true && single.stat?.kind === 'file';
  if (isFile && isOfSingleFile(manifest, settings.appendFilename, moved?.ok === true))
    return upgrade(core, manifest);
  if (isEmptyManifest(manifest) && listed?.ok === true && state.reload === null) {
    const file = listed.names?.find((name) => isLogName(name, settings.appendFilename));
    if (file !== undefined) {
      core.log(
        'warning',
        `Fatal error: ${aofPath(state, file)} looks like a part of the log, but no manifest names it`,
      );
      return core.die(1);
    }
  }
  readSizes(core, manifest);
}

function isLogName(name: string, appendFilename: string): boolean {
  return (
    name.startsWith(`${appendFilename}.`) && /\.\d+\.(?:base\.(?:rdb|aof)|incr\.aof)$/.test(name)
  );
}

/**
 * A log of Redis before 7 lies beside an empty directory, or a crash came between the two steps of its move. `moved`:
 * a file of that name lies in the directory.
 */
function isOfSingleFile(manifest: Manifest, name: string, moved: boolean): boolean {
  if (isEmptyManifest(manifest)) return true;
  return manifest.base?.name === name && manifest.incr.length === 0 && !moved;
}

/** aof.c:aofUpgradePrepare: the single file becomes the base, under its old name (spec §4.8). */
function upgrade(core: Core, old: Manifest): void {
  const { state } = core;
  const { appendFilename: name } = state.settings;
  const manifest: Manifest = {
    ...old,
    base: { name, sequence: 1, type: 'base' },
    baseSequence: 1,
  };
  const calls = [
    makeLogDirectory(state),
    ...persistManifest(state, manifest),
    { call: 'rename', from: name, to: aofPath(state, name) } as const,
  ];
  core.begin('main', calls, { step: 'upgraded', manifest });
}

export function upgraded(core: Core, manifest: Manifest, outcome: PlanOutcome): void {
  const { state } = core;
  const { appendFilename, appendDirname } = state.settings;
  if (outcome.ok) {
    core.log(
      'notice',
      `Successfully migrated an old-style AOF file (${appendFilename}) into the AOF directory (${appendDirname}).`,
    );
    state.aof.manifest = manifest;
    return readSizes(core, manifest);
  }
  const { failed, errno } = outcome;
  if (failed.call === 'mkdir') core.log('warning', directoryErrorLine(state, errno));
  else if (failed.call === 'rename' && failed.from === appendFilename) {
    core.log(
      'warning',
      `Error trying to move the old AOF file ${appendFilename} into dir ${appendDirname}: ${errnoText[errno]}`,
    );
  } else core.log('warning', manifestErrorLine(state, failed, errno));
  core.die(1);
}
