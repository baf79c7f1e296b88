/** Races to start from, and the lanes that they are made of. */
import type { LaneSetup, Setup, Workload } from '../../worker/protocol.ts';

export type LaneKind = 'none' | 'rdb' | 'no' | 'everysec' | 'always';
export type RacePreset = 'one' | 'three' | 'five';

export const laneKinds: readonly LaneKind[] = ['none', 'rdb', 'no', 'everysec', 'always'];

const configs: Readonly<Record<LaneKind, Readonly<Record<string, string>>>> = {
  none: { appendonly: 'no' },
  rdb: { appendonly: 'no', save: '10 100' },
  no: { appendonly: 'yes', appendfsync: 'no' },
  everysec: { appendonly: 'yes', appendfsync: 'everysec' },
  always: { appendonly: 'yes', appendfsync: 'always' },
};

export function lanePreset(kind: LaneKind): LaneSetup {
  return { id: kind, config: configs[kind] };
}

export const raceWorkload: Workload = {
  rate: 400,
  loop: 'open',
  clients: 4,
  mix: ['SET key:{n} {v}'],
  keys: 1000,
  valueBytes: 32,
  transactions: 0,
  ttl: 0,
};

export const firstSeed = 4242;
export const mostLanes = 5;

export function presetSetup(preset: RacePreset): Setup {
  if (preset === 'one') return {};
  const kinds: readonly LaneKind[] = preset === 'three' ? ['no', 'everysec', 'always'] : laneKinds;
  return {
    seed: firstSeed,
    lanes: kinds.map(lanePreset),
    workload: raceWorkload,
    disk: { preset: 'ssd' },
  };
}

/** Another seed: another stream of commands and other times of the disk. */
export function newSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000;
}
