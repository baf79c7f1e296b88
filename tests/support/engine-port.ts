/** A server around an engine under test: default settings, nothing on disk, and a record of what was asked of it. */
import { ascii, lowerCase, type ByteString } from '../../src/base/bytes.ts';
import { globMatch } from '../../src/base/glob.ts';
import type { EngineConfig, ServerPort } from '../../src/engine/server-port.ts';
import type { Session } from '../../src/engine/session.ts';

export interface TestPort extends ServerPort {
  readonly disconnected: Session[];
  readonly scheduled: string[];
  readonly logged: string[];
  child: 'none' | 'rdb' | 'aof';
  denied: string | undefined;
  appendOnly: boolean;
  synced: boolean;
  debug: boolean;
  /** What each command takes. */
  commandMicros: number;
}

export function testConfig(): EngineConfig {
  return {
    databases: 16,
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
    hashMaxListpackEntries: 512,
    hashMaxListpackValue: 64,
    hllSparseMaxBytes: 3000,
    setMaxIntsetEntries: 512,
    setMaxListpackEntries: 128,
    setMaxListpackValue: 64,
    zsetMaxListpackEntries: 128,
    zsetMaxListpackValue: 64,
    listMaxListpackSize: -2,
    streamNodeMaxEntries: 100,
    streamNodeMaxBytes: 4096,
    activeExpireEffort: 1,
    requirePass: '',
    rdbCompression: true,
    sanitizeDumpPayload: 'no',
    slowlogLogSlowerThan: 10_000,
    slowlogMaxLen: 128,
    latencyMonitorThreshold: 0,
    latencyTracking: true,
    aclLogMaxLen: 128,
    aclPubsubDefault: 'resetchannels',
    trackingTableMaxKeys: 1_000_000,
  };
}

/** The directives that tests change, by the field of the configuration that they set. */
const directives: Readonly<Record<string, keyof EngineConfig>> = {
  'acl-pubsub-default': 'aclPubsubDefault',
  'acllog-max-len': 'aclLogMaxLen',
  'latency-monitor-threshold': 'latencyMonitorThreshold',
  'slowlog-log-slower-than': 'slowlogLogSlowerThan',
  'slowlog-max-len': 'slowlogMaxLen',
  'hash-max-listpack-entries': 'hashMaxListpackEntries',
  'hash-max-listpack-value': 'hashMaxListpackValue',
  'lazyfree-lazy-eviction': 'lazyfreeLazyEviction',
  'lazyfree-lazy-expire': 'lazyfreeLazyExpire',
  'lazyfree-lazy-server-del': 'lazyfreeLazyServerDel',
  'lazyfree-lazy-user-del': 'lazyfreeLazyUserDel',
  'lazyfree-lazy-user-flush': 'lazyfreeLazyUserFlush',
  'list-max-listpack-size': 'listMaxListpackSize',
  maxmemory: 'maxmemory',
  'maxmemory-policy': 'maxmemoryPolicy',
  'notify-keyspace-events': 'notifyKeyspaceEvents',
  'proto-max-bulk-len': 'protoMaxBulkLength',
  rdbcompression: 'rdbCompression',
  requirepass: 'requirePass',
  'hll-sparse-max-bytes': 'hllSparseMaxBytes',
  'stream-node-max-bytes': 'streamNodeMaxBytes',
  'stream-node-max-entries': 'streamNodeMaxEntries',
  'set-max-intset-entries': 'setMaxIntsetEntries',
  'set-max-listpack-entries': 'setMaxListpackEntries',
  'set-max-listpack-value': 'setMaxListpackValue',
  'zset-max-listpack-entries': 'zsetMaxListpackEntries',
  'zset-max-listpack-value': 'zsetMaxListpackValue',
};

/** Sets a directive to its text; false if it is none that the engine looks at. */
export function configure(config: EngineConfig, name: string, value: string): boolean {
  const field = directives[name];
  if (field === undefined) return false;
  const old = config[field];
  const parsed =
    typeof old === 'boolean' ? value === 'yes' : typeof old === 'number' ? Number(value) : value;
  Object.assign(config, { [field]: parsed });
  return true;
}

function textOf(value: EngineConfig[keyof EngineConfig]): ByteString {
  return ascii(typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value));
}

export function newTestPort(config: EngineConfig = testConfig()): TestPort {
  const port: TestPort = {
    config,
    disconnected: [],
    scheduled: [],
    logged: [],
    child: 'none',
    denied: undefined,
    appendOnly: false,
    synced: false,
    debug: true,
    commandMicros: 5,
    configGet: (patterns) =>
      Object.entries(directives)
        .filter(([name]) =>
          patterns.some((pattern) => globMatch(lowerCase(pattern), ascii(name), 'ignore')),
        )
        .map(([name, field]) => [ascii(name), textOf(config[field])]),
    configSet(pairs) {
      for (const [name, value] of pairs) {
        if (!configure(config, lowerCase(name), value)) {
          return {
            ok: false,
            error: `ERR Unknown option or number of arguments for CONFIG SET - '${name}'`,
          };
        }
      }
      return { ok: true };
    },
    configResetStat: () => undefined,
    hasConfigFile: () => false,
    hasAclFile: () => false,
    info: (sections) => ascii(`sections:${sections.join(',')}\r\n`),
    stopwatch: () => 0,
    elapsed: () => port.commandMicros,
    memory: () => ({
      used: 1_000_000,
      peak: 1_000_000,
      startup: 800_000,
      overhead: 900_000,
      clients: 2000,
      aofBuffer: 0,
      active: 1_003_520,
      rss: 6_246_400,
      scripts: 0,
      databases: [],
    }),
    replicationOffset: () => 0,
    writesDenied: () => port.denied,
    loading: () => false,
    usedMemory: () => 0,
    lastSaveSeconds: () => 1_700_000_000,
    appendOnlyEnabled: () => port.appendOnly,
    fsynced: () => port.synced,
    schedule: (what) => void port.scheduled.push(what),
    childActive: () => port.child,
    connection: () => ({
      descriptor: 8,
      inputBytes: 26,
      inputRoom: 20448,
      replyBytes: 0,
      replyRoom: 1024,
      replyPeak: 0,
      queuedBytes: 0,
      events: 'r',
    }),
    disconnect: (session) => void port.disconnected.push(session),
    debugAllowed: () => port.debug,
    modulesAllowed: () => false,
    pauseCron: () => undefined,
    changeReplicationId: () => undefined,
    setActiveExpire: () => undefined,
    setFlushSleep: () => undefined,
    log: (_level, message) => void port.logged.push(message),
  };
  return port;
}
