/** System calls that replace the manifest as a whole: temp file, fdatasync, rename, fdatasync of the directory. */
import type { PlannedCall } from '../machine/plan.ts';
import { manifestBytes, manifestName, type Manifest } from '../persistence/aof-manifest.ts';
import { aofPath } from './core.ts';
import type { ServerState } from './state.ts';

export function persistManifest(state: ServerState, manifest: Manifest): readonly PlannedCall[] {
  const name = manifestName(state.settings.appendFilename);
  const temp = aofPath(state, `temp-${name}`);
  return [
    { call: 'open', path: temp, mode: 'truncate', as: 'manifest' },
    { call: 'write', fd: 'manifest', bytes: manifestBytes(manifest) },
    { call: 'fdatasync', fd: 'manifest' },
    { call: 'close', fd: 'manifest' },
    { call: 'rename', from: temp, to: aofPath(state, name) },
    { call: 'open', path: state.settings.appendDirname, mode: 'directory', as: 'directory' },
    { call: 'fdatasync', fd: 'directory' },
    { call: 'close', fd: 'directory' },
  ];
}

/** Unlinks history files; a missing one is as good as removed. Then the manifest without them. */
export function removeHistory(state: ServerState, manifest: Manifest): readonly PlannedCall[] {
  return [
    ...manifest.history.map(
      ({ name }) => ({ call: 'unlink', path: aofPath(state, name), mayFail: true }) as const,
    ),
    ...persistManifest(state, { ...manifest, history: [] }),
  ];
}
