/**
 * System calls on the files of the log, and how aof.c tells that one failed. The manifest is replaced as a whole: temp
 * file, fdatasync, rename, fdatasync of the directory.
 */
import { errnoText, type Errno, type Fd, type Syscall } from '../machine/syscall.ts';
import type { PlannedCall, PlanOutcome } from '../machine/plan.ts';
import { manifestBytes, manifestName, type Manifest } from '../persistence/aof-manifest.ts';
import { aofPath, type Core } from './core.ts';
import type { ServerState } from './state.ts';

/** aof.c:writeAofManifestFile. */
export function persistManifest(state: ServerState, manifest: Manifest): readonly PlannedCall[] {
  const name = manifestName(state.settings.appendFilename);
  const temp = aofPath(state, `temp-${name}`);
  return [
    { call: 'open', path: temp, mode: 'truncate', as: 'manifest' },
    { call: 'write', fd: 'manifest', bytes: manifestBytes(manifest), whole: true },
    { call: 'fdatasync', fd: 'manifest' },
    { call: 'rename', from: temp, to: aofPath(state, name) },
    { call: 'open', path: state.settings.appendDirname, mode: 'directory', as: 'directory' },
    { call: 'fdatasync', fd: 'directory' },
    { call: 'close', fd: 'directory' },
    { call: 'close', fd: 'manifest' },
  ];
}

/** Which of `persistManifest`'s calls failed, in the words of the log. */
export function manifestErrorLine(state: ServerState, failed: Syscall, errno: Errno): string {
  const name = manifestName(state.settings.appendFilename);
  const why = errnoText[errno];
  switch (failed.call) {
    case 'open':
      return failed.mode === 'directory'
        ? `Fail to fsync AOF directory ${aofPath(state, name)}: ${why}.`
        : `Can't open the AOF manifest file temp-${name}: ${why}`;
    case 'write':
      return `Error trying to write the temporary AOF manifest file temp-${name}: ${why}`;
    case 'rename':
      return `Error trying to rename the temporary AOF manifest file temp-${name} into ${name}: ${why}`;
    default:
      return failed.call === 'fdatasync' && failed.fd === 'manifest'
        ? `Fail to fsync the temp AOF file temp-${name}: ${why}.`
        : `Fail to fsync AOF directory ${aofPath(state, name)}: ${why}.`;
  }
}

/** aof.c:dirCreateIfMissing. */
export function makeLogDirectory({ settings }: ServerState): PlannedCall {
  return { call: 'mkdir', path: settings.appendDirname, mode: 0o755, mayFail: 'EEXIST' };
}

export function directoryErrorLine({ settings }: ServerState, errno: Errno): string {
  return `Can't open or create append-only dir ${settings.appendDirname}: ${errnoText[errno]}`;
}

const DOOMED = 'doomed';

/**
 * replication.c:bg_unlink: a file that is open loses its name at once and its bytes when the last descriptor is closed,
 * which `closeUnlinked` leaves to a background thread.
 */
export function unlinkInBackground(paths: readonly string[]): readonly PlannedCall[] {
  return paths.flatMap((path, i): PlannedCall[] => [
    { call: 'open', path, mode: 'read', as: `${DOOMED} ${i}`, mayFail: true },
    { call: 'unlink', path, mayFail: true },
  ]);
}

export function closeUnlinked(core: Core, { descriptors }: PlanOutcome): void {
  const doomed: Fd[] = [];
  for (const [name, fd] of descriptors) if (name.startsWith(DOOMED)) doomed.push(fd);
  for (const fd of doomed)
    core.begin('bio_close_file', [{ call: 'close', fd, mayFail: true }], { step: 'closed' });
}

/** Whether history files go as soon as they are history (aof.c:aofDelHistoryFiles). */
export function collectsHistory({ settings }: ServerState, manifest: Manifest): boolean {
  return !settings.aofDisableAutoGc && manifest.history.length > 0;
}

/** Unlinks history files; a missing one is as good as removed. Then the manifest without them. */
export function removeHistory(core: Core, manifest: Manifest): readonly PlannedCall[] {
  const { state } = core;
  for (const { name } of manifest.history)
    core.log('notice', `Removing the history file ${name} in the background`);
  return [
    ...unlinkInBackground(manifest.history.map(({ name }) => aofPath(state, name))),
    ...persistManifest(state, { ...manifest, history: [] }),
  ];
}
