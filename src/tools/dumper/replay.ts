/**
 * A log as the data set that it leads to, worked out without a server, so that a log which cannot be read is known
 * before anything is touched; and the data set as commands for a server.
 */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../base/growable-bytes.ts';
import { microsOfSeconds, type Seconds } from '../../base/time.ts';
import { presentState } from '../../engine/data/snapshot.ts';
import { Engine } from '../../engine/engine.ts';
import { newEngineState, type EngineState } from '../../engine/engine-state.ts';
import { libraryCodes } from '../../engine/scripting-state.ts';
import type { EngineConfig, ServerPort } from '../../engine/server-port.ts';
import { newAofLoad, stepAofLoad } from '../../persistence/aof-loader.ts';
import { frameArguments, newFrameReader, readFrame } from '../../persistence/aof-reader.ts';
import { newRdbLoad, stepRdbLoad } from '../../persistence/rdb-loader.ts';
import { isRdb } from '../../persistence/rdb-reader.ts';
import { newRespBaseJob, stepRespBase } from '../../persistence/resp-base.ts';
import { SNAPSHOT_LIMITS } from '../../persistence/snapshot-limits.ts';

export type Replayed =
  | { readonly ok: true; readonly state: EngineState; readonly keys: number }
  | { readonly ok: false; readonly reason: string };

/** Bytes of a snapshot and commands of a log that a step takes; a caller could stop in between. */
const STEP_BYTES = 1 << 20;
const STEP_COMMANDS = 4096;
/** More than any server has, so that no file is refused for it. */
const DATABASES = 10_000;

/** Keys that have expired since stay in it, as in a load: the server that gets them sees to those. */
export function replayLog(log: Uint8Array, now: Seconds): Replayed {
  const state = newEngineState(DATABASES, 1);
  const at = microsOfSeconds(now);
  let start = 0;
  if (isRdb(log)) {
    const load = newRdbLoad(log, CONFIG, {
      kind: 'aof-base',
      duplicates: 'refuse',
      checksum: 'verify',
      startedAt: at,
    });
    let last = 'the snapshot cannot be read';
    for (;;) {
      const step = stepRdbLoad(load, state, CONFIG, STEP_BYTES, (line) => (last = line.text));
      if (step.kind === 'failed') return { ok: false, reason: last.trim() };
      if (step.kind === 'more') continue;
      start = step.end;
      break;
    }
  }
  const engine = new Engine(state, offlinePort());
  const load = newAofLoad(log, at, start);
  for (;;) {
    const step = stepAofLoad(load, engine, at, STEP_COMMANDS);
    if (step.kind === 'more') continue;
    if (step.kind !== 'done')
      return { ok: false, reason: `its log cannot be replayed at offset ${load.at}` };
    if (load.firstError !== null)
      return { ok: false, reason: `its log cannot be replayed: ${load.firstError.text}` };
    break;
  }
  const keys = state.databases.reduce((sum, { space }) => sum + space.entries.length, 0);
  return { ok: true, state, keys };
}

/** What a server without a data set is told to have this one: SELECT comes before each database. */
export function commandsFor(state: EngineState): ByteString[][] {
  const job = newRespBaseJob(presentState(state.databases, libraryCodes(state.scripting)), '');
  const sink = newGrowableBytes();
  while (stepRespBase(job, sink, 1024) === 'more');
  const bytes = takenBytes(sink);
  const reader = newFrameReader();
  const commands: ByteString[][] = [];
  for (let at = 0; readFrame(reader, bytes, at) === 'command'; at = reader.end)
    commands.push(frameArguments(reader, bytes).slice());
  return commands;
}

/** The settings of a new server. */
const CONFIG: EngineConfig = {
  ...SNAPSHOT_LIMITS,
  databases: DATABASES,
  protoMaxBulkLength: 512 * 1024 * 1024,
  lazyfreeLazyExpire: false,
  lazyfreeLazyEviction: false,
  lazyfreeLazyServerDel: false,
  lazyfreeLazyUserDel: false,
  lazyfreeLazyUserFlush: false,
  maxmemory: 0,
  maxmemoryPolicy: 'noeviction',
  maxmemorySamples: 5,
  lfuLogFactor: 10,
  lfuDecayTime: 1,
  notifyKeyspaceEvents: '',
  hllSparseMaxBytes: 3000,
  streamNodeMaxEntries: 100,
  streamNodeMaxBytes: 4096,
  activeExpireEffort: 1,
  requirePass: '',
  rdbCompression: true,
  sanitizeDumpPayload: 'no',
  slowlogLogSlowerThan: -1,
  slowlogMaxLen: 0,
  latencyMonitorThreshold: 0,
  latencyTracking: false,
  aclLogMaxLen: 0,
  aclPubsubDefault: 'resetchannels',
  trackingTableMaxKeys: 0,
};

/** There is no server around a replay: no disk, no clients, nothing to be told. */
function offlinePort(): ServerPort {
  return {
    config: CONFIG,
    configGet: () => [],
    configSet: () => ({ ok: false, error: 'ERR there is no server' }),
    configResetStat: () => undefined,
    hasConfigFile: () => false,
    hasAclFile: () => false,
    info: () => ascii(''),
    stopwatch: () => 0,
    elapsed: () => 0,
    memory: () => ({
      ...{ used: 0, peak: 0, startup: 0, overhead: 0, clients: 0, aofBuffer: 0 },
      ...{ active: 0, rss: 0, scripts: 0, databases: [] },
    }),
    replicationOffset: () => 0,
    writesDenied: () => undefined,
    loading: () => true,
    usedMemory: () => 0,
    lastSaveSeconds: () => 0,
    appendOnlyEnabled: () => false,
    fsynced: () => true,
    schedule: () => undefined,
    childActive: () => 'none',
    connection: () => ({
      ...{ descriptor: -1, inputBytes: 0, inputRoom: 0, replyBytes: 0, replyRoom: 0 },
      ...{ replyPeak: 0, queuedBytes: 0, events: '' },
    }),
    disconnect: () => undefined,
    debugAllowed: () => false,
    modulesAllowed: () => false,
    pauseCron: () => undefined,
    changeReplicationId: () => undefined,
    setActiveExpire: () => undefined,
    setFlushSleep: () => undefined,
    log: () => undefined,
  };
}
