import { nextBelow, type RandomState } from '../base/random.ts';
import type { Micros, Millis } from '../base/time.ts';

export const diskPresetNames = ['hdd', 'ssd', 'nvme', 'cloud', 'lying'] as const;
export type DiskPresetName = (typeof diskPresetNames)[number];

/** How a disk behaves. An fsync lasts between `fsyncMin` and `fsyncMax`, and longer the more it has to carry. */
export interface DiskModel {
  readonly name: string;
  readonly fsyncMin: Micros;
  readonly fsyncMax: Micros;
  /** Bytes a µs (the same number as MB/s) that a flush carries to the platter. */
  readonly flushBytesPerMicro: number;
  /** `ignored`: reports success at once and keeps the bytes in its own cache, which a loss of power empties. */
  readonly flushes: 'honoured' | 'ignored';
  /** How long such a drive takes until it writes its cache to the platter by itself. */
  readonly destageAfter: Micros;
  /** Whether a write(2) to a file under fsync waits until that has ended, as on many real file systems. */
  readonly writesDuringFsync: 'go-on' | 'block';
}

const ordinary = {
  flushes: 'honoured',
  destageAfter: 10_000_000,
  writesDuringFsync: 'go-on',
} as const;

/** A spinning disk of 7200 turns a minute, a SATA and an NVMe drive, a network volume, a drive that lies. */
export const diskPresets: Readonly<Record<DiskPresetName, DiskModel>> = {
  hdd: { ...ordinary, name: 'hdd', fsyncMin: 12_000, fsyncMax: 20_000, flushBytesPerMicro: 150 },
  ssd: { ...ordinary, name: 'ssd', fsyncMin: 4_000, fsyncMax: 4_000, flushBytesPerMicro: 500 },
  nvme: { ...ordinary, name: 'nvme', fsyncMin: 300, fsyncMax: 300, flushBytesPerMicro: 2_000 },
  cloud: { ...ordinary, name: 'cloud', fsyncMin: 5_000, fsyncMax: 11_000, flushBytesPerMicro: 125 },
  lying: {
    ...ordinary,
    name: 'lying',
    fsyncMin: 50,
    fsyncMax: 50,
    flushBytesPerMicro: 2_000,
    flushes: 'ignored',
  },
};

/** A disk whose fsync always lasts `fsyncMs`, however much it carries, if that is given. */
export function diskModel(disk: DiskPresetName | DiskModel, fsyncMs?: Millis): DiskModel {
  const model = typeof disk === 'string' ? diskPresets[disk] : disk;
  return fsyncMs === undefined ? model : withFsyncTime(model, fsyncMs);
}

/** More bytes a µs than anybody has, and yet a number that JSON keeps. */
const ANY_AMOUNT = Number.MAX_SAFE_INTEGER;

export function withFsyncTime(model: DiskModel, fsyncMs: Millis): DiskModel {
  const micros = Math.round(fsyncMs * 1_000);
  return { ...model, fsyncMin: micros, fsyncMax: micros, flushBytesPerMicro: ANY_AMOUNT };
}

/** How long one flush of `bytes` takes on an idle disk. */
export function flushDuration(model: DiskModel, bytes: number, random: RandomState): Micros {
  const spread = model.fsyncMax - model.fsyncMin;
  const latency = model.fsyncMin + (spread > 0 ? nextBelow(random, spread + 1) : 0);
  return latency + transferDuration(model, bytes);
}

/** The bytes alone, without the flush of the drive's cache. */
export function transferDuration(model: DiskModel, bytes: number): Micros {
  return Math.floor(bytes / model.flushBytesPerMicro);
}

/** What work costs, apart from waiting for the disk. */
export interface CostTable {
  /** One Redis command, and each KiB of its words and reply: for the server, not for the kernel. */
  readonly commandMicros: Micros;
  readonly commandMicrosPerKb: number;
  /** One instruction of Lua. */
  readonly instructionNanos: number;
  readonly networkRoundTrip: Micros;
  /** Any system call, and the copying of each KiB by read(2) and write(2). */
  readonly syscallMicros: Micros;
  readonly writeMicrosPerKb: number;
  readonly readMicrosPerKb: number;
  /** fork(2) copies page tables: its time grows with the memory of the parent. */
  readonly forkMicros: Micros;
  readonly forkMsPerGb: Millis;
  /** MB a second that a child (BGSAVE, BGREWRITEAOF) turns out. */
  readonly childMbPerSecond: number;
}

export const defaultCosts: CostTable = {
  commandMicros: 8,
  commandMicrosPerKb: 1,
  instructionNanos: 50,
  networkRoundTrip: 100,
  syscallMicros: 3,
  writeMicrosPerKb: 0.5,
  readMicrosPerKb: 0.25,
  forkMicros: 200,
  forkMsPerGb: 12,
  childMbPerSecond: 120,
};
