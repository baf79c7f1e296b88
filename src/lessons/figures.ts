/** Numbers of a lab by name, as lessons speak of them: every one computed by the engine, none by a lesson. */
import { ascii, utf8Encode } from '../base/bytes.ts';
import { datasetDigest } from '../engine/data/digest.ts';
import { entryOf } from '../engine/data/key-space.ts';
import { typeName, type Entry } from '../engine/data/value.ts';
import type { Lab } from '../lab/lab.ts';
import type { Lane } from '../lab/lane.ts';
import { laneView } from '../lab/lane-view.ts';
import { firstRowLost, writesBetween } from '../lab/record-log.ts';
import type { LaneView } from '../lab/view.ts';
import { valueText } from '../lab/value-text.ts';
import { parseManifest } from '../persistence/aof-manifest.ts';
import { configGet } from '../server/config-set.ts';
import { infoText } from '../server/info.ts';
import { figureParts, isOfLane, isOfView } from './figure-names.ts';
import type { FigureOfLane, FigureOfView } from './figure-names.ts';
import type { Value } from './matcher.ts';

const MANIFEST = '/data/appendonlydir/appendonly.aof.manifest';

const ofView: Readonly<Record<FigureOfView, (view: LaneView) => Value>> = {
  'lost.count': ({ crash }) =>
    crash === null ? null : crash.acknowledged - (crash.recount?.survived ?? crash.survived),
  'lost.seconds': ({ crash }) => (crash === null ? null : crash.ms / 1000),
  'survived.count': ({ crash }) =>
    crash === null ? null : (crash.recount?.survived ?? crash.survived),
  'crash.at': ({ crash }) => (crash === null ? null : crash.at / 1000),
  'crash.acknowledged': ({ crash }) => crash?.acknowledged ?? null,
  acknowledged: ({ acknowledgedWrites }) => acknowledgedWrites,
  keys: ({ keys }) => keys,
  'file.bytes': ({ fileBytes }) => fileBytes,
  'offset.appended': ({ appended }) => appended,
  'offset.acknowledged': ({ acknowledged }) => acknowledged,
  'offset.written': ({ written }) => written,
  'offset.fsynced': ({ fsynced }) => fsynced,
  'offset.durable': ({ durable }) => durable,
  'risk.power': ({ atRisk }) => atRisk.powerLoss.writes,
  'risk.process': ({ atRisk }) => atRisk.processKill.writes,
  rewriting: ({ rewriting }) => rewriting,
  rate: ({ measured, crash }) => {
    const { commandsPerSecond } = crash?.measured ?? measured ?? {};
    return commandsPerSecond === undefined ? null : Math.round(commandsPerSecond);
  },
  'p50.ms': ({ measured, crash }) => (crash?.measured ?? measured)?.p50Ms ?? null,
  'p99.ms': ({ measured, crash }) => (crash?.measured ?? measured)?.p99Ms ?? null,
};

/** Names that take something after a colon: `key:visits`, `info:aof_base_size`. */
const ofLane: Readonly<Record<FigureOfLane, (lane: Lane, rest: string) => Value>> = {
  key: (lane, name) => keyValue(lane, name),
  info: (lane, field) => infoField(lane, field),
  config: (lane, name) => configValue(lane, name),
  manifest: (lane, part) => manifestPart(lane, part),
  file: (lane, path) => lane.kernel.readFile(path)?.length ?? null,
};

/** Null: there is no such thing now, such as a loss before any crash. */
export function figure(lab: Lab, name: string, usualLane?: string): Value {
  const { base, rest, lane: named } = figureParts(name);
  const lane = lab.lane(named ?? usualLane);
  if (lane === undefined) return null;
  if (rest !== null) return isOfLane(base) ? ofLane[base](lane, rest) : null;
  if (base === 'now') return lab.now;
  if (base === 'digest') return digestOf(lane);
  if (base === 'crash.unsynced') return unsyncedAtCrash(lane);
  return isOfView(base) ? ofView[base](laneView(lane, lab.state.tail)) : null;
}

/** 40 hexadecimal digits; null while no server runs. */
function digestOf({ state }: Lane): Value {
  return state.server === null || state.status !== 'running'
    ? null
    : datasetDigest(state.server.engine.databases);
}

/** Acknowledged writes that no fsync covered when the last accident happened. */
function unsyncedAtCrash({ state }: Lane): Value {
  const { crash, records } = state;
  if (crash === null) return null;
  if (crash.kind === 'power-lost') return crash.lost;
  const end = Math.min(crash.acknowledgedRows, records.count);
  return writesBetween(records, firstRowLost(records, crash.offsets.claimed), end);
}

function keyValue(lane: Lane, name: string): Value {
  const entry = entryNamed(lane, name);
  return entry === undefined ? null : valueText(entry.value);
}

/** The type of a key's value as a word; null: there is no such key. */
export function keyKind(lane: Lane, name: string): string | null {
  const entry = entryNamed(lane, name);
  return entry === undefined ? null : typeName(entry.value);
}

function entryNamed({ state }: Lane, name: string): Entry | undefined {
  const space = state.server?.engine.databases.find(({ id }) => id === 0)?.space;
  return space === undefined ? undefined : entryOf(space, utf8Encode(name));
}

function infoField(lane: Lane, field: string): Value {
  if (lane.state.server === null) return null;
  const text = infoText(lane.state.server, ['everything'], lane.now);
  const line = text.split('\r\n').find((each) => each.startsWith(`${field}:`));
  return line === undefined ? null : line.slice(field.length + 1);
}

function configValue({ state }: Lane, name: string): Value {
  if (state.server === null) return null;
  const [pair] = configGet(state.server.directives, [ascii(name)]);
  return pair?.[1] ?? null;
}

/** `base_seq`, `base_format`, `incr_seq` (the newest), `incr_count`, `history_count`. */
function manifestPart(lane: Lane, part: string): Value {
  const bytes = lane.kernel.readFile(MANIFEST);
  const parsed = bytes === undefined ? undefined : parseManifest(bytes);
  if (parsed === undefined || !parsed.ok) return null;
  const { base, incr, history } = parsed.manifest;
  switch (part) {
    case 'base_seq':
      return base?.sequence ?? null;
    case 'base_format':
      return base === null ? null : base.name.endsWith('.rdb') ? 'rdb' : 'aof';
    case 'incr_seq':
      return incr[incr.length - 1]?.sequence ?? null;
    case 'incr_count':
      return incr.length;
    case 'history_count':
      return history.length;
    default:
      return null;
  }
}
