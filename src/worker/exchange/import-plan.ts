/** What was brought, as the files of /data: whichever way a learner hands over a log, Redis finds it. */

export type ImportPlan<T> =
  | { readonly ok: true; readonly files: Map<string, T> }
  | { readonly ok: false; readonly problem: ImportProblem; readonly names: readonly string[] };
export type ImportProblem = 'nothing' | 'two-logs' | 'two-files';

const FOLDER = 'appendonlydir';

/**
 * A folder with a manifest becomes appendonlydir; loose files beside a manifest go with it. Without one, a
 * single .aof becomes the old-style appendonly.aof, which Redis takes over at its start, and a single .rdb
 * becomes dump.rdb. Other files (a redis.conf, a README) stay behind, unread.
 */
export function planImport<T>(brought: ReadonlyMap<string, T>): ImportPlan<T> {
  const paths = [...brought.keys()].filter((path) => !isHidden(path));
  const manifests = paths.filter(
    (path) => path.endsWith('.manifest') && !nameOf(path).startsWith('temp-'),
  );
  if (manifests.length > 1) return { ok: false, problem: 'two-logs', names: manifests };
  const [manifest] = manifests;
  const files = new Map<string, T>();
  const add = (to: string, from: string): void => {
    const file = brought.get(from);
    if (file !== undefined) files.set(to, file);
  };

  if (manifest !== undefined) {
    const folder = folderOf(manifest);
    for (const path of paths) {
      if (folderOf(path) === folder) add(`${FOLDER}/${nameOf(path)}`, path);
    }
    const dump = paths.find((path) => nameOf(path) === 'dump.rdb' && folderOf(path) !== folder);
    if (dump !== undefined) add('dump.rdb', dump);
    return { ok: true, files };
  }

  const logs = paths.filter((path) => path.endsWith('.aof'));
  const snapshots = paths.filter((path) => path.endsWith('.rdb'));
  if (logs.length > 1) return { ok: false, problem: 'two-files', names: logs };
  if (snapshots.length > 1) return { ok: false, problem: 'two-files', names: snapshots };
  if (logs[0] !== undefined) add('appendonly.aof', logs[0]);
  if (snapshots[0] !== undefined) add('dump.rdb', snapshots[0]);
  return files.size > 0 ? { ok: true, files } : { ok: false, problem: 'nothing', names: paths };
}

/** What file managers leave in folders and archives. */
function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
