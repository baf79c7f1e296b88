/** Files that a learner brings: tried on a scratch machine first, so that a bad file changes nothing. */
import { ascii, byteStringOf, bytesOf } from '../base/bytes.ts';
import { readFrame, newFrameReader } from '../persistence/aof-reader.ts';
import { CONFIG_PATH, DATA_PATH } from './boot.ts';
import { Lab } from './lab.ts';
import { forgetLog } from './lane-log.ts';
import type { Lane } from './lane.ts';
import type { LabPlan } from './setup.ts';

export type ImportResult =
  | { readonly ok: true; readonly keys: number; readonly commands: number }
  | { readonly ok: false; readonly error: string };

const MOST_FILES = 100;

/** Replaces /data of the lane by these files and starts its server anew; or says why not, and changes nothing. */
export function importFiles(
  lab: Lab,
  lane: Lane,
  files: ReadonlyMap<string, Uint8Array>,
): ImportResult {
  const arranged = arrange(files);
  if (typeof arranged === 'string') return { ok: false, error: sentence(arranged) };
  const wanted = [...arranged.values()].reduce((sum, { length }) => sum + length, 0);
  const { capacity } = lab.state.plan.disk;
  if (capacity !== null && wanted > capacity)
    return { ok: false, error: `the files have ${wanted} bytes, and this disk holds ${capacity}.` };
  const config = lane.kernel.readFile(CONFIG_PATH) ?? new Uint8Array();
  const trial = tryOut(lab.state.plan, config, arranged);
  if (!trial.ok) return trial;
  lane.killMain('SIGKILL');
  for (const { path } of lane.kernel.files())
    if (path.startsWith(`${DATA_PATH}/`)) lane.kernel.removeFile(path);
  for (const [path, bytes] of arranged) lane.kernel.writeFile(`${DATA_PATH}/${path}`, bytes);
  forgetLog(lane.state);
  lane.state.crash = null;
  lane.boot();
  lab.runUntilUp();
  return trial;
}

/** Names below /data, as redis-server expects them. A lone log becomes the only part of a multi-part one. */
function arrange(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> | string {
  if (files.size === 0) return 'no file was given; drop an .aof file or a whole appendonlydir';
  if (files.size > MOST_FILES) return `${files.size} files are too many; at most ${MOST_FILES}`;
  for (const name of files.keys()) {
    if (name.split('/').includes('..') || name.startsWith('/'))
      return `${name}: a name must stay inside the folder`;
  }
  const names = [...files.keys()];
  const manifest = names.find((name) => name.endsWith('.manifest'));
  if (manifest !== undefined) {
    const folder = manifest.slice(0, manifest.lastIndexOf('/') + 1);
    const inside = names.filter((name) => name.startsWith(folder));
    return new Map(
      inside.map((name) => [`appendonlydir/${name.slice(folder.length)}`, files.get(name)!]),
    );
  }
  const [name] = names;
  if (names.length > 1 || name === undefined) {
    return `${names.length} files without a manifest; drop the whole appendonlydir, or one .aof file`;
  }
  return loneFile(name, files.get(name)!);
}

function loneFile(name: string, bytes: Uint8Array): ReadonlyMap<string, Uint8Array> | string {
  const looksRight = byteStringOf(bytes, 0, 5) === 'REDIS' || bytes.length === 0 || readable(bytes);
  if (!looksRight) {
    return `${name} is no append only file: at offset 0 a line such as *3 (an array) or REDIS (a snapshot) should stand.`;
  }
  const manifest = 'file appendonly.aof.1.incr.aof seq 1 type i\n';
  return new Map([
    ['appendonlydir/appendonly.aof.1.incr.aof', bytes],
    ['appendonlydir/appendonly.aof.manifest', bytesOf(ascii(manifest))],
  ]);
}

function readable(bytes: Uint8Array): boolean {
  const kind = readFrame(newFrameReader(), bytes, 0);
  return kind === 'command' || kind === 'annotation' || kind === 'short';
}

function tryOut(
  plan: LabPlan,
  config: Uint8Array,
  files: ReadonlyMap<string, Uint8Array>,
): ImportResult {
  const scratch = Lab.create({
    ...plan,
    lanes: [{ id: 'scratch', config: new Map(), repaired: new Set() }],
    disk: { preset: 'nvme', fsyncMs: 0, capacity: null },
    workload: null,
    files: new Map([
      ...[...files].map(([path, bytes]) => [path, bytes] as const),
      [CONFIG_PATH, config],
    ]),
  });
  const { state } = scratch.lanes[0]!;
  if (state.status !== 'running' || state.server === null) {
    const last = state.failure ?? 'the server did not start';
    return {
      ok: false,
      error: sentence(last.replace(/^\d+:\w \S+ \S+ \S+ \S+ [#*.-] /, '')),
    };
  }
  const keys = state.server.engine.databases.reduce(
    (sum, { space }) => sum + space.entries.length,
    0,
  );
  return { ok: true, keys, commands: state.records.count };
}

/** What redis-server said, with an end, since more may follow it. */
function sentence(text: string): string {
  return /[.!?>]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}
