/** A race that is being put together: fields as they are typed, what is wrong with each, and the setup that they make. */
import type { DiskPreset, LaneSetup, Setup, Workload } from '../../worker/protocol.ts';
import { configOf, lineProblem, linesOf } from './lane-lines.ts';
import { firstSeed, raceWorkload } from './race-presets.ts';
import type { RaceTexts } from './texts.ts';

export interface DraftLane {
  readonly key: number;
  name: string;
  lines: string;
}

export const numberFields = [
  'rate',
  'clients',
  'keys',
  'valueBytes',
  'transactions',
  'ttl',
] as const;
export type NumberField = (typeof numberFields)[number];

export interface Draft {
  lanes: DraftLane[];
  /** As typed. */
  numbers: Record<NumberField, string>;
  loop: 'open' | 'closed';
  mix: string;
  disk: DiskPreset;
  /** The disk that the machines have; another preset gives up its other properties. */
  readonly had: Setup['disk'];
  seed: string;
}

/** The lab's own limits: src/lab/workload.ts refuses what is beyond. */
export const limits: Readonly<Record<NumberField | 'seed', readonly [number, number]>> = {
  rate: [1, 200_000],
  clients: [1, 1000],
  keys: [1, 1_000_000_000],
  valueBytes: [0, 1_048_576],
  transactions: [0, 100],
  ttl: [0, 1_000_000_000],
  seed: [0, 1_000_000_000],
};

export const mixes = {
  writes: 'SET key:{n} {v}',
  reads: 'SET key:{k} {v}\nGET key:{k}',
  counters: 'INCR counter:{k}\nHINCRBY totals field:{k} 1',
  scripts: `EVAL "return redis.call('SET', KEYS[1], ARGV[1])" 1 key:{n} {v}\nSET key:{k} {v}`,
} as const;
export type MixName = keyof typeof mixes;

export function draftOf(setup: Setup): Draft {
  const workload: Workload = { ...raceWorkload, ...setup.workload };
  const numbers = (field: NumberField): string => String(workload[field] ?? 0);
  return {
    lanes: (setup.lanes ?? []).map((lane, key) => ({
      key,
      name: lane.id ?? `lane${key + 1}`,
      lines: linesOf(lane),
    })),
    numbers: {
      rate: numbers('rate'),
      clients: numbers('clients'),
      keys: numbers('keys'),
      valueBytes: numbers('valueBytes'),
      transactions: numbers('transactions'),
      ttl: numbers('ttl'),
    },
    loop: workload.loop ?? 'open',
    mix: (workload.mix ?? []).join('\n'),
    disk: setup.disk?.preset ?? 'ssd',
    had: setup.disk,
    seed: String(setup.seed ?? firstSeed),
  };
}

/** The setup; call it only for a draft without problems. */
export function setupOf(draft: Draft): Setup {
  const { numbers, loop, disk, had } = draft;
  const number = (field: NumberField): number => Number(numbers[field]);
  return {
    seed: Number(draft.seed),
    lanes: draft.lanes.map(({ name, lines }): LaneSetup => ({ id: name, config: configOf(lines) })),
    // A copy: a form's own object cannot be sent to the worker.
    disk: had?.preset === disk ? { ...had } : { preset: disk },
    workload: {
      rate: number('rate'),
      loop,
      clients: number('clients'),
      mix: mixLines(draft.mix),
      keys: number('keys'),
      valueBytes: number('valueBytes'),
      transactions: number('transactions'),
      ttl: number('ttl'),
    },
  };
}

export function mixLines(mix: string): readonly string[] {
  return mix.split('\n').filter((line) => line.trim() !== '');
}

/** What is wrong, by field: `rate`, `mix`, `seed`, `name 0`, `lines 0`. Each says what, where, and what to do. */
export type Problems = ReadonlyMap<string, string>;

/** `check`: what redis-server says of a configuration; null if it would start. */
export async function problemsOf(
  draft: Draft,
  text: RaceTexts,
  check: (lines: string) => Promise<string | null>,
): Promise<Problems> {
  const problems = new Map<string, string>();
  const { setup } = text;
  const names = new Map<string, number>();
  for (const { name } of draft.lanes) names.set(name, (names.get(name) ?? 0) + 1);
  for (const { key, name, lines } of draft.lanes) {
    if (!/^[\w-]{1,32}$/.test(name)) problems.set(`name ${key}`, setup.badName);
    else if ((names.get(name) ?? 0) > 1) problems.set(`name ${key}`, setup.sameName(name));
    const said = await check(lines);
    if (said === null) continue;
    const { line, text: words, reason } = lineProblem(said);
    const bad = line === null ? setup.badFile(reason) : setup.badLine(line, words, reason);
    problems.set(`lines ${key}`, bad);
  }
  for (const field of numberFields) {
    const [from, to] = limits[field];
    if (!isWhole(draft.numbers[field], from, to))
      problems.set(field, setup.range(setup[field], from, to));
  }
  const [from, to] = limits.seed;
  if (!isWhole(draft.seed, from, to)) problems.set('seed', setup.range(setup.seed, from, to));
  const open = mixLines(draft.mix).findIndex((line) => !isClosed(line));
  if (open >= 0) problems.set('mix', setup.quotes(open + 1));
  if (mixLines(draft.mix).length === 0) problems.set('mix', setup.noMix);
  return problems;
}

function isWhole(text: string, from: number, to: number): boolean {
  return /^\d{1,10}$/.test(text.trim()) && Number(text) >= from && Number(text) <= to;
}

/** Whether every quote of a line of redis-cli is closed, and followed by a blank. */
function isClosed(line: string): boolean {
  return /^(\s*("(\\.|[^"\\])*"|'(\\'|[^'])*'|[^\s"']+)(?=\s|$))*\s*$/.test(line);
}
