/** The setup in a run's head, from whoever wrote it: every field is looked at before it is used. */
import { fromBase64 } from '../base/base64.ts';
import { diskPresetNames } from '../machine/devices.ts';
import type { LaneSetup, Setup, Workload } from './view.ts';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The setup without its start; or which field is wrong, and how. */
export function readSetup(head: Readonly<Record<string, unknown>>): Setup | string {
  const seed = readNumber(head['seed'], 'seed');
  if (typeof seed === 'string') return seed;
  const lanes = readLanes(head['lanes']);
  if (typeof lanes === 'string') return lanes;
  const disk = readDisk(head['disk']);
  if (typeof disk === 'string') return disk;
  const clock = readClock(head['clock']);
  if (typeof clock === 'string') return clock;
  const workload = head['workload'] === null ? null : readWorkload(head['workload']);
  if (typeof workload === 'string') return workload;
  const files = readBytes(head['files'], 'files');
  if (typeof files === 'string') return files;
  return { seed, lanes, disk, clock, workload, files: Object.fromEntries(files) };
}

/** A whole number, 0 or more. */
export function readWhole(value: unknown, name: string): number | string {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : `${name} is no whole number`;
}

/** Pairs of a name and base64. */
export function readBytes(value: unknown, name: string): Map<string, Uint8Array> | string {
  const files = new Map<string, Uint8Array>();
  for (const pair of listOf(value) ?? [null]) {
    const [path, base64] = textsOf(pair) ?? [];
    if (path === undefined || base64 === undefined) return `${name} is no list of pairs of texts`;
    const bytes = fromBase64(base64, 'padded');
    if (bytes === undefined) return `${name}: ${path} is no base64`;
    files.set(path, bytes);
  }
  return files;
}

function readNumber(value: unknown, name: string): number | string {
  return typeof value === 'number' ? value : `${name} is no number`;
}

function readLanes(value: unknown): readonly LaneSetup[] | string {
  const lanes: LaneSetup[] = [];
  for (const [i, lane] of (listOf(value) ?? [null]).entries()) {
    if (!isRecord(lane)) return `lanes[${i}] is no object`;
    const { id } = lane;
    const repaired = textsOf(lane['repaired']);
    const config = listOf(lane['config'])?.map(textsOf);
    if (typeof id !== 'string') return `lanes[${i}].id is no text`;
    if (repaired === undefined) return `lanes[${i}].repaired is no list of texts`;
    if (config === undefined || config.some((pair) => pair?.length !== 2))
      return `lanes[${i}].config is no list of pairs of texts`;
    const directives = config.map((pair) => [pair?.[0] ?? '', pair?.[1] ?? ''] as const);
    lanes.push({ id, repaired, config: Object.fromEntries(directives) });
  }
  return lanes;
}

function readDisk(value: unknown): NonNullable<Setup['disk']> | string {
  if (!isRecord(value)) return 'disk is no object';
  const preset = diskPresetNames.find((name) => name === value['preset']);
  if (preset === undefined) return `disk.preset is none of ${diskPresetNames.join(', ')}`;
  const { fsyncMs, capacity } = value;
  if (fsyncMs !== null && typeof fsyncMs !== 'number') return 'disk.fsyncMs is no number';
  if (capacity !== null && typeof capacity !== 'number') return 'disk.capacity is no number';
  return {
    preset,
    ...(fsyncMs === null ? {} : { fsyncMs }),
    ...(capacity === null ? {} : { capacity }),
  };
}

function readClock(value: unknown): { paused: boolean; speed: number } | string {
  if (!isRecord(value)) return 'clock is no object';
  const { paused, speed } = value;
  if (typeof paused !== 'boolean') return 'clock.paused is neither true nor false';
  return typeof speed === 'number' ? { paused, speed } : 'clock.speed is no number';
}

const WORKLOAD_NUMBERS = ['clients', 'keys', 'valueBytes', 'transactions', 'ttl'] as const;

function readWorkload(value: unknown): Workload | string {
  if (!isRecord(value)) return 'workload is no object';
  const rate = readNumber(value['rate'], 'workload.rate');
  if (typeof rate === 'string') return rate;
  const { loop } = value;
  if (loop !== undefined && loop !== 'open' && loop !== 'closed')
    return 'workload.loop is neither open nor closed';
  const mix = value['mix'] === undefined ? undefined : textsOf(value['mix']);
  if (value['mix'] !== undefined && mix === undefined) return 'workload.mix is no list of texts';
  const numbers: { [Name in (typeof WORKLOAD_NUMBERS)[number]]?: number } = {};
  for (const name of WORKLOAD_NUMBERS) {
    const number = value[name];
    if (number === undefined) continue;
    if (typeof number !== 'number') return `workload.${name} is no number`;
    numbers[name] = number;
  }
  return {
    rate,
    ...(loop === undefined ? {} : { loop }),
    ...(mix === undefined ? {} : { mix }),
    ...numbers,
  };
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function textsOf(value: unknown): readonly string[] | undefined {
  const list = listOf(value);
  const texts = list?.filter((item) => typeof item === 'string');
  return texts !== undefined && texts.length === list?.length ? texts : undefined;
}
