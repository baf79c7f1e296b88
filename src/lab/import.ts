/** Files that a learner brings: tried on a scratch machine first, so that a bad file changes nothing. */
import { ascii, byteStringOf, bytesOf } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
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
/** Loading, an event is some thousand commands: more than one would keep a worker from its messages. */
const EVENTS_A_STEP = 1;

/** Replaces /data of the lane by these files and starts its server anew; or says why not, and changes nothing. */
export function importFiles(
  lab: Lab,
  lane: Lane,
  files: ReadonlyMap<string, Uint8Array>,
): ImportResult {
  const trial = beginTrial(lab, lane, files);
  if ('ok' in trial) return trial;
  let result: ImportResult | 'more' = 'more';
  while (result === 'more') result = stepTrial(trial);
  if (!result.ok) return result;
  beginLoad(lane, trial);
  lab.runUntilUp();
  return result;
}

/** Files that are being tried out, in a lab of their own. */
export interface Trial {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly scratch: Lab;
  readonly latest: Micros;
}

/** The first step of an import, or why there is none. */
export function beginTrial(
  lab: Lab,
  lane: Lane,
  files: ReadonlyMap<string, Uint8Array>,
): Trial | ImportResult {
  const arranged = arrange(files);
  if (typeof arranged === 'string') return { ok: false, error: sentence(arranged) };
  const wanted = [...arranged.values()].reduce((sum, { length }) => sum + length, 0);
  const { capacity } = lab.state.plan.disk;
  if (capacity !== null && wanted > capacity)
    return { ok: false, error: `the files have ${wanted} bytes, and this disk holds ${capacity}.` };
  const config = lane.kernel.readFile(CONFIG_PATH) ?? new Uint8Array();
  const scratch = scratchLab(lab.state.plan, config, arranged);
  return { files: arranged, scratch, latest: scratch.latestStart() };
}

export function stepTrial({ scratch, latest }: Trial): 'more' | ImportResult {
  return scratch.stepUntilUp(latest, EVENTS_A_STEP) === 'more' ? 'more' : outcomeOf(scratch);
}

/** The lane starts with files that a trial has found good; `lab.stepUntilUp` is what remains. */
export function beginLoad(lane: Lane, { files }: Trial): void {
  lane.killMain('SIGKILL');
  for (const { path } of lane.kernel.files())
    if (path.startsWith(`${DATA_PATH}/`)) lane.kernel.removeFile(path);
  for (const [path, bytes] of files) lane.kernel.writeFile(`${DATA_PATH}/${path}`, bytes);
  forgetLog(lane.state);
  lane.state.crash = null;
  lane.boot();
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

function scratchLab(
  plan: LabPlan,
  config: Uint8Array,
  files: ReadonlyMap<string, Uint8Array>,
): Lab {
  return Lab.begin({
    ...plan,
    lanes: [{ id: 'scratch', config: new Map(), repaired: new Set() }],
    disk: { preset: 'nvme', fsyncMs: 0, capacity: null },
    workload: null,
    files: new Map([
      ...[...files].map(([path, bytes]) => [path, bytes] as const),
      [CONFIG_PATH, config],
    ]),
  });
}

function outcomeOf(scratch: Lab): ImportResult {
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
