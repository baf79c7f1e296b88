/** The keyspace of a lane, beside what a boot would bring back after an accident now. */
import type { ByteString } from '../base/bytes.ts';
import { cloneData } from '../base/clone.ts';
import { valueDigest } from '../engine/data/digest.ts';
import { encodingOf } from '../engine/data/encoding.ts';
import { entryOf, hasKey, type Database, type KeySpace } from '../engine/data/key-space.ts';
import { stringText } from '../engine/data/string.ts';
import { typeName, type Entry } from '../engine/data/value.ts';
import { Clock, createClockState } from '../machine/clock.ts';
import { SimulatedKernel } from '../machine/kernel.ts';
import type { KernelEvent } from '../machine/kernel-state.ts';
import { CONFIG_PATH } from './boot.ts';
import { cutIn } from './crash.ts';
import { Lab } from './lab.ts';
import type { Lane } from './lane.ts';
import { wordText } from './texts.ts';
import { valueText } from './value-text.ts';
import type { CrashKind, MemoryMark, MemoryRow, MemoryValue, Tail } from './view.ts';

/** What a boot would find: the databases, or the words with which the server refuses to start. */
export type ComeBack =
  | { readonly ok: true; readonly databases: readonly Database[] }
  | { readonly ok: false; readonly refusal: string };

/** One key, in memory now, after the boot, or both. */
export interface ComparedKey {
  readonly db: number;
  readonly key: ByteString;
  readonly mark: MemoryMark;
}

/** The databases of the lane's server; none while no server runs. */
export function databasesNow(lane: Lane): readonly Database[] {
  return lane.state.server?.engine.databases ?? [];
}

/**
 * Tries it out: a copy of the machine suffers the accident, and a server starts on what is left. The lane itself stays
 * as it is. Without power, or without a process, there is nothing left to take: a boot is tried on what is there.
 */
export function comeBack(lab: Lab, lane: Lane, accident: CrashKind, tail: Tail): ComeBack {
  return bootOn(lab, lane, filesLeft(lane, accident, tail));
}

/** Starts a server of the lane's configuration on these files, by their paths, on a machine of its own. */
export function bootOn(lab: Lab, lane: Lane, files: ReadonlyMap<string, Uint8Array>): ComeBack {
  const scratch = Lab.create({
    ...lab.state.plan,
    createdAt: lane.kernel.wallClock(lab.clock.now),
    lanes: [{ id: 'scratch', config: new Map(), repaired: new Set() }],
    disk: { preset: 'nvme', fsyncMs: 0, capacity: null },
    clock: { paused: true, speed: 1 },
    workload: null,
    files,
  });
  const { state } = scratch.lanes[0]!;
  if (state.server === null || state.status !== 'running')
    return { ok: false, refusal: state.failure ?? 'the server did not start' };
  return { ok: true, databases: state.server.engine.databases };
}

function filesLeft(lane: Lane, accident: CrashKind, tail: Tail): ReadonlyMap<string, Uint8Array> {
  const { state, kernel } = lane;
  if (accident === 'process-killed' || state.power === 'off') return filesOf(kernel);
  const copy = new SimulatedKernel(
    cloneData(state.kernel),
    new Clock<KernelEvent>(createClockState(lane.now)),
  );
  copy.losePower(typeof tail === 'object' ? cutIn(state, tail.cutAt) : tail);
  return filesOf(copy);
}

/** Every file of the machine, as a program would read it. */
export function filesOf(kernel: SimulatedKernel): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>([[CONFIG_PATH, new Uint8Array()]]);
  for (const { path } of kernel.files()) {
    const bytes = kernel.readFile(path);
    if (bytes !== undefined) files.set(path, bytes);
  }
  return files;
}

/** Every key of either side: those that differ first, each group in the order of memory. */
export function compareKeys(
  now: readonly Database[],
  after: readonly Database[],
): readonly ComparedKey[] {
  const groups: Record<MemoryMark, ComparedKey[]> = { gone: [], older: [], back: [], same: [] };
  const add = (db: number, key: ByteString, mark: MemoryMark): unknown =>
    groups[mark].push({ db, key, mark });
  for (const { id, space } of now) {
    const other = spaceOf(after, id);
    for (const entry of space.entries) add(id, entry.key, markOf(space, other, entry));
  }
  for (const { id, space } of after) {
    const other = spaceOf(now, id);
    for (const { key } of space.entries)
      if (other === undefined || !hasKey(other, key)) add(id, key, 'back');
  }
  return [...groups.gone, ...groups.older, ...groups.back, ...groups.same];
}

function markOf(now: KeySpace, after: KeySpace | undefined, entry: Entry): MemoryMark {
  const { key } = entry;
  const other = after === undefined ? undefined : entryOf(after, key);
  if (after === undefined || other === undefined) return 'gone';
  if (entry.expiry?.at !== other.expiry?.at) return 'older';
  return sameValue(now, after, key, entry, other) ? 'same' : 'older';
}

function sameValue(
  now: KeySpace,
  after: KeySpace,
  key: ByteString,
  { value }: Entry,
  { value: other }: Entry,
): boolean {
  if (typeName(value) !== typeName(other)) return false;
  const isText = (it: typeof value): it is Parameters<typeof stringText>[0] =>
    typeName(it) === 'string';
  if (isText(value) && isText(other)) return stringText(value) === stringText(other);
  return valueDigest(now, key) === valueDigest(after, key);
}

/** How a key looks on both sides. */
export function memoryRow(
  { db, key, mark }: ComparedKey,
  now: readonly Database[],
  after: readonly Database[],
  millis: number,
): MemoryRow {
  return {
    db,
    key: wordText(key),
    mark,
    now: valueOf(spaceOf(now, db), key, millis),
    after: valueOf(spaceOf(after, db), key, millis),
  };
}

function valueOf(space: KeySpace | undefined, key: ByteString, millis: number): MemoryValue | null {
  const entry = space === undefined ? undefined : entryOf(space, key);
  if (entry === undefined) return null;
  return {
    type: typeName(entry.value),
    encoding: encodingOf(entry.value),
    text: valueText(entry.value),
    ttl: entry.expiry === null ? null : Math.max(0, Number(entry.expiry.at) - millis),
  };
}

function spaceOf(databases: readonly Database[], id: number): KeySpace | undefined {
  return databases.find((database) => database.id === id)?.space;
}
