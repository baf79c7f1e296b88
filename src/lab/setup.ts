/** What a lab is made of, with every default filled in and checked: `reset` takes it, a lesson's start has its shape. */
import type { Micros } from '../base/time.ts';
import { diskPresetNames } from '../machine/devices.ts';
import { isQuirk, quirkNames, repairedLine, type Quirk } from '../persistence/quirks.ts';
import { absolute, CONFIG_PATH, DATA_PATH } from './boot.ts';
import type { DiskPreset, LaneSetup, Setup, Workload } from './view.ts';
import { planWorkload } from './workload.ts';

export interface LabPlan {
  readonly seed: number;
  readonly createdAt: Micros;
  readonly lanes: readonly LanePlan[];
  readonly disk: {
    readonly preset: DiskPreset;
    readonly fsyncMs: number | null;
    readonly capacity: number | null;
  };
  readonly clock: { readonly paused: boolean; readonly speed: number };
  readonly workload: Workload | null;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface LanePlan {
  readonly id: string;
  readonly config: ReadonlyMap<string, string>;
  readonly repaired: ReadonlySet<Quirk>;
}

export const MOST_LANES = 5;
export const SLOWEST_SPEED = 0.001;
export const FASTEST_SPEED = 100;
const DEFAULT_SEED = 1;
const EARLIEST_START = 946_684_800_000;
const LATEST_START = 4_102_444_799_999;

/** The lab's own defaults; everything else is Redis's. */
const DEFAULT_CONFIG: readonly (readonly [string, string])[] = [
  ['appendonly', 'yes'],
  ['appendfsync', 'everysec'],
  ['save', '""'],
  ['enable-debug-command', 'local'],
];

/** The plan, or what is wrong with the setup: what, where, what to do. `now` is the time of day. */
export function planLab(setup: Setup, now: Micros): LabPlan | string {
  const {
    seed = DEFAULT_SEED,
    lanes = [{}],
    disk = {},
    clock = {},
    workload = null,
    files = {},
  } = setup;
  if (!Number.isSafeInteger(seed)) return 'reset: seed must be a whole number';
  if (!Array.isArray(lanes) || lanes.length < 1 || lanes.length > MOST_LANES)
    return `reset: lanes must be a list of 1 to ${MOST_LANES}`;
  const planned = planLanes(lanes);
  if (typeof planned === 'string') return planned;
  const { preset = 'ssd', fsyncMs = null, capacity = null } = disk;
  if (!diskPresetNames.includes(preset))
    return `reset: disk.preset must be one of ${diskPresetNames.join(', ')}`;
  if (fsyncMs !== null && !(fsyncMs >= 0)) return 'reset: disk.fsyncMs must be 0 or more';
  if (capacity !== null && !(capacity > 0))
    return 'reset: disk.capacity must be a number of bytes above 0';
  const { paused = false, speed = 1, startAt = Math.floor(now / 1000) } = clock;
  if (!(Number.isInteger(startAt) && startAt >= EARLIEST_START && startAt <= LATEST_START))
    return 'reset: clock.startAt must be whole milliseconds since 1970, of the years 2000 to 2099';
  const wrongSpeed = checkSpeed(speed);
  if (wrongSpeed !== undefined) return `reset: clock.${wrongSpeed}`;
  const wrongFile = checkPaths(Object.keys(files));
  if (wrongFile !== undefined) return wrongFile;
  const wrongLoad = workload === null ? undefined : planWorkload(workload);
  if (typeof wrongLoad === 'string') return wrongLoad;
  return {
    seed,
    createdAt: startAt * 1000,
    lanes: planned,
    disk: { preset, fsyncMs, capacity },
    clock: { paused, speed },
    workload,
    files: new Map(Object.entries(files)),
  };
}

/** Every file must have a place of its own in the lane's file system. */
function checkPaths(paths: readonly string[]): string | undefined {
  const places = new Map(paths.map((path) => [absolute(path), path]));
  const folders = new Set([DATA_PATH, ...folderPaths(CONFIG_PATH)]);
  for (const place of places.keys()) for (const folder of folderPaths(place)) folders.add(folder);
  for (const [place, path] of places) {
    const names = place.split('/').slice(1);
    if (names.some((name) => name === '' || name === '.' || name === '..'))
      return `reset: files['${path}']: a path must be made of names, such as appendonlydir/appendonly.aof.manifest`;
    if (folders.has(place)) return `reset: files['${path}'] is a folder: other files lie in it`;
    const file = folderPaths(place).find((folder) => places.has(folder) || folder === CONFIG_PATH);
    if (file !== undefined) return `reset: files['${path}']: ${file} is a file, not a folder`;
  }
  return undefined;
}

/** The folders that a path leads through: `/a` and `/a/b` of `/a/b/c`. */
function folderPaths(path: string): string[] {
  const names = path.split('/').slice(1, -1);
  return names.map((_, i) => `/${names.slice(0, i + 1).join('/')}`);
}

export function checkSpeed(speed: number): string | undefined {
  return speed >= SLOWEST_SPEED && speed <= FASTEST_SPEED
    ? undefined
    : `speed must be ${SLOWEST_SPEED} to ${FASTEST_SPEED}`;
}

function planLanes(lanes: readonly LaneSetup[]): readonly LanePlan[] | string {
  const ids = new Set<string>();
  const planned: LanePlan[] = [];
  for (const [i, lane] of lanes.entries()) {
    const id = lane.id ?? (lanes.length === 1 ? 'main' : `lane${i + 1}`);
    if (!/^[\w-]{1,32}$/.test(id))
      return `reset: lanes[${i}].id must be 1 to 32 letters, digits, - or _`;
    if (ids.has(id)) return `reset: two lanes are called ${id}`;
    ids.add(id);
    const config = new Map(DEFAULT_CONFIG);
    for (const [name, value] of Object.entries(lane.config ?? {})) {
      if (!/^[\w-]+$/.test(name) || /[\r\n]/.test(String(value)))
        return `reset: lanes[${i}].config: ${name} is not a directive`;
      config.set(name.toLowerCase(), String(value) === '' ? '""' : String(value));
    }
    const repaired = lane.repaired ?? [];
    const unknown = repaired.find((name) => !isQuirk(name));
    if (unknown !== undefined)
      return `reset: lanes[${i}].repaired: unknown quirk '${unknown}'; the quirks are ${quirkNames.join(', ')}`;
    planned.push({ id, config, repaired: new Set(repaired.filter(isQuirk)) });
  }
  return planned;
}

/** The redis.conf that a lane's machine starts with. */
export function configText({ config, repaired }: LanePlan): string {
  const lines = [...config].map(([name, value]) => `${name} ${value}\n`);
  return repairedLine(repaired) + lines.join('');
}
