/** Data sets as files, and files as data sets. */
import { byteStringOf } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import type { Micros } from '../../src/base/time.ts';
import { datasetDigest } from '../../src/engine/data/digest.ts';
import { presentState } from '../../src/engine/data/snapshot.ts';
import { libraryCodes } from '../../src/engine/scripting-state.ts';
import { type EngineState, newEngineState } from '../../src/engine/engine-state.ts';
import type { EngineConfig } from '../../src/engine/server-port.ts';
import { saveOptionsOf } from '../../src/engine/serialize/save-value.ts';
import {
  newRdbLoad,
  stepRdbLoad,
  type RdbLoad,
  type RdbLoadOptions,
  type RdbLoadStep,
} from '../../src/persistence/rdb-loader.ts';
import {
  newRdbWriteJob,
  stepRdbWrite,
  type RdbHeader,
  type RdbSaveOptions,
} from '../../src/persistence/rdb-writer.ts';
import { testConfig } from '../support/engine-port.ts';

export const LOADED_AT: Micros = 1_700_000_000_000_000;

export interface Loaded {
  readonly step: Exclude<RdbLoadStep, { kind: 'more' }>;
  readonly engine: EngineState;
  readonly lines: string[];
  readonly load: RdbLoad;
  digest(): string;
}

/** Loads a whole file, `budget` bytes a step. */
export function loadRdb(
  bytes: Uint8Array,
  options: Partial<RdbLoadOptions> = {},
  config: EngineConfig = testConfig(),
  budget = 1 << 21,
): Loaded {
  const engine = newEngineState(16, 1);
  const lines: string[] = [];
  const load = newRdbLoad(bytes, config, {
    kind: 'snapshot',
    duplicates: 'refuse',
    checksum: 'verify',
    startedAt: LOADED_AT,
    ...options,
  });
  // Every step takes at least an item, and an item at least a byte.
  for (let steps = 0; steps <= bytes.length + 1; steps++) {
    const step = stepRdbLoad(load, engine, config, budget, ({ level, text }) =>
      lines.push(`${level}: ${text}`),
    );
    if (step.kind !== 'more')
      return { step, engine, lines, load, digest: () => datasetDigest(engine.databases) };
  }
  throw new Error('the load goes on for ever');
}

export const HEADER: RdbHeader = {
  redisVersion: '7.2.4',
  createdAt: 1_700_000_000,
  usedMemory: 1_000_000,
  aofBase: false,
};

export function saveRdb(
  engine: EngineState,
  config: EngineConfig = testConfig(),
  header: RdbHeader = HEADER,
  options: Partial<RdbSaveOptions> = {},
  keysPerStep = 512,
): Uint8Array {
  const { lfuLogFactor, lfuDecayTime } = config;
  const job = newRdbWriteJob(
    presentState(engine.databases, libraryCodes(engine.scripting)),
    header,
    {
      ...saveOptionsOf(config),
      checksum: true,
      usage: 'none',
      now: LOADED_AT / 1000,
      lfuLogFactor,
      lfuDecayTime,
      ...options,
    },
  );
  const sink = newGrowableBytes();
  while (stepRdbWrite(job, sink, keysPerStep) === 'more');
  return takenBytes(sink);
}

export function text(bytes: Uint8Array): string {
  return byteStringOf(bytes);
}
